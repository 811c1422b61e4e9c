import { expect } from "chai";
import { openDatabase } from "../history/database.js";
import { seriesOf } from "./series-from-history.js";

/** One span, sent once and received three times; two pods had the same address one after the other. */
const HISTORY = [
  `CREATE TABLE operations AS
    SELECT 'o1' AS op, 'worker' AS node, 1000.0::DOUBLE AS invoke_ms, 1002.0::DOUBLE AS complete_ms,
      'acked' AS outcome`,
  `CREATE TABLE attempts AS
    SELECT 'o1' AS op, 'traces' AS signal, 's1' AS id, 't1' AS key, 'hash-kept' AS class,
      false AS error, 100.0::DOUBLE AS start_ms, 220.0::DOUBLE AS end_ms`,
  `CREATE TABLE receipts AS
    SELECT 'traces' AS signal, 's1' AS id, at_ms::DOUBLE AS at_ms, peer
    FROM (VALUES (2000, '10.0.0.1'), (6000, '10.0.0.1'), (7000, '10.0.0.9')) t(at_ms, peer)`,
  "CREATE TABLE audit_receipts AS SELECT * FROM receipts WHERE false",
  `CREATE TABLE topology AS
    SELECT at_ms::DOUBLE AS at_ms, 'pod' AS source, 'modified' AS change, pod, pod AS uid,
      'gateway' AS tier, '10.0.0.1' AS ip, 'worker' AS node, true AS ready, false AS terminating,
      0 AS restarts, '' AS service
    FROM (VALUES (500, 'gw-old'), (5000, 'gw-new')) t(at_ms, pod)`,
  `CREATE TABLE report_items AS
    SELECT signal, id, key, class, error, 7 AS position, 'gw-old' AS owners, 'delivered' AS state,
      NULL AS place, NULL AS rule, 1000.0::DOUBLE AS sent_ms, 2000.0::DOUBLE AS received_ms
    FROM attempts`,
];

describe("the series of a history", () => {
  it("name the pod that had the peer's address at the time of the receipt", async () => {
    const database = await openDatabase();
    try {
      for (const statement of HISTORY) await database.query(statement);
      const { signals, traces, pods } = await seriesOf(
        { ...database, renderedYaml: "" },
        "no logs were kept",
      );
      const received = signals[0]!.received.map(({ gateway, counts }) => [gateway, counts]);
      expect(received).to.deep.equal([
        ["10.0.0.9", [0, 0, 0, 0, 0, 0, 1]],
        ["gw-new", [0, 0, 0, 0, 0, 1, 0]],
        ["gw-old", [0, 1, 0, 0, 0, 0, 0]],
      ]);
      expect(signals[0]!.sent).to.deep.equal([1, 0, 0, 0, 0, 0, 0]);
      expect(traces).to.deep.equal([
        { outcome: "delivered", total: 1, sentMs: [1_000], positions: [7] },
      ]);
      expect(pods.map(({ pod }) => pod)).to.deep.equal(["gw-old", "gw-new"]);
    } finally {
      await database.close();
    }
  });
});
