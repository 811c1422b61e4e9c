import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { expect } from "chai";
import type { Query } from "./query.js";
import { readSeries } from "./read-series.js";

/** Two spans of a lost trace (one resent), one of a delivered trace, one lost log record. */
const VIEWS = `
  CREATE TABLE report_sends AS SELECT * FROM (VALUES
    ('traces', 's1', 'aa', 'node-1', 10000.5::DOUBLE, 10002.5::DOUBLE, 'acked', 120::DOUBLE),
    ('traces', 's2', 'aa', 'node-2', 12100.0, NULL, 'indeterminate', NULL::DOUBLE),
    ('traces', 's2', 'aa', 'node-2', 13100.0, 13101.0, 'acked', NULL::DOUBLE),
    ('traces', 's3', 'bb', 'node-1', 12200.0, 12206.0, 'acked', NULL::DOUBLE),
    ('logs', 'l1', 'aa', 'node-1', 14000.0, 14001.0, 'acked', NULL::DOUBLE)
  ) t(signal, id, key, node, sent_ms, answered_ms, outcome, lasted_ms);
  CREATE TABLE report_receipts AS SELECT * FROM (VALUES
    ('traces', 's3', 40000.0::DOUBLE, 'gw-b'), ('traces', 's3', 41000.0, 'gw-b'),
    ('traces', 's1', 41500.0, 'gw-a')
  ) t(signal, id, at_ms, gateway);
  CREATE TABLE report_reached AS SELECT * FROM (VALUES
    ('traces', 's1', 11000.0::DOUBLE, 'gw-a'), ('traces', 's2', 13500.0, 'gw-a')
  ) t(signal, id, at_ms, gateway);
  CREATE TABLE report_items AS SELECT * FROM (VALUES
    ('traces', 's1', 'aa', 'error-last', false, 77, 'gw-a', 'delivered', NULL, NULL, 10000.5::DOUBLE, 41500::DOUBLE),
    ('traces', 's2', 'aa', 'error-last', true, 77, 'gw-a', 'lost', 'gateway-batch', 'a rule', 12100.0, NULL),
    ('traces', 's3', 'bb', 'hash-kept', false, 5, 'gw-b', 'delivered', NULL, NULL, 12200.0, 40000.0),
    ('logs', 'l1', 'aa', NULL, NULL, 77, 'gw-a,gw-c', 'lost', 'unknown', NULL, 14000.0, NULL)
  ) t(signal, id, key, class, error, position, owners, state, place, rule, sent_ms,
    received_ms);`;

describe("the series of a report, read with SQL", () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  const query: Query = async <T>(sql: string) =>
    (await connection.runAndReadAll(sql)).getRowObjectsJS() as T[];

  beforeEach(async () => {
    instance = await DuckDBInstance.create(":memory:");
    connection = await instance.connect();
    await connection.run(VIEWS);
  });
  afterEach(() => {
    connection.closeSync();
    instance.closeSync();
  });

  it("count sends, answers and receipts second by second, and a loss where it was first sent", async () => {
    const { startMs, bucketMs, buckets, signals, delivery } = await readSeries(query, []);
    expect(delivery).to.deep.equal({ traces: { items: 2, p50Ms: 29_649.8, p99Ms: 31_462.5 } });
    expect({ startMs, bucketMs, buckets }).to.deep.equal({
      startMs: 10_000,
      bucketMs: 1_000,
      buckets: 32,
    });
    const [spans, points, records] = signals;
    expect(spans!.sent.slice(0, 5)).to.deep.equal([1, 0, 2, 1, 0]);
    expect(spans!.acked.slice(0, 5)).to.deep.equal([1, 0, 1, 1, 0]);
    expect(spans!.lostExplained.slice(0, 5)).to.deep.equal([0, 0, 1, 0, 0]);
    expect(records!.lostUnexplained.slice(0, 5)).to.deep.equal([0, 0, 0, 0, 1]);
    expect(spans!.ackP50Ms.slice(0, 3)).to.deep.equal([2, null, 6]);
    expect(spans!.deliveryP50Ms.slice(0, 3)).to.deep.equal([31_499.5, null, 27_800]);
    const received = spans!.received.map(({ gateway, counts }) => [gateway, counts.slice(30)]);
    expect(received).to.deep.equal([
      ["gw-a", [0, 1]],
      ["gw-b", [1, 1]],
    ]);
    expect(points!.sent)
      .to.have.length(32)
      .and.to.satisfy((n: number[]) => n.every((x) => x === 0));
  });

  it("give each trace the outcome of its worst span, at its place on the ring", async () => {
    expect((await readSeries(query, [])).traces).to.deep.equal([
      { outcome: "delivered", total: 1, sentMs: [12_200], positions: [5] },
      { outcome: "lost, explained", total: 1, sentMs: [10_001], positions: [77] },
    ]);
  });

  it("tell of every lost trace all its spans, sends and receipts, unexplained ones first", async () => {
    const { total, shown } = (await readSeries(query, [])).lost;
    expect(total).to.equal(2);
    expect(shown.map(({ signal, key }) => [signal, key])).to.deep.equal([
      ["logs", "aa"],
      ["traces", "aa"],
    ]);
    const [record, trace] = shown;
    expect(record!.owners).to.deep.equal(["gw-a", "gw-c"]);
    expect(record!.items[0]).to.deep.include({ lost: true, rule: null, receipts: [] });
    expect(trace).to.deep.include({ class: "error-last", lostItems: 1, totalItems: 2 });
    expect(trace!.items.map(({ id }) => id)).to.deep.equal(["s1", "s2"]);
    expect(trace!.items[0]).to.deep.include({
      receipts: [{ atMs: 41_500, gateway: "gw-a" }],
      rule: null,
    });
    expect(trace!.items[1]).to.deep.equal({
      id: "s2",
      error: true,
      lastedMs: null,
      sends: [
        { sentMs: 12_100, answeredMs: null, outcome: "indeterminate", node: "node-2" },
        { sentMs: 13_100, answeredMs: 13_101, outcome: "acked", node: "node-2" },
      ],
      receipts: [],
      reached: [{ atMs: 13_500, gateway: "gw-a" }],
      lost: true,
      place: "gateway-batch",
      rule: "a rule",
    });
  });

  it("are empty, not broken, for a run that sent nothing", async () => {
    await connection.run(
      "DELETE FROM report_sends; DELETE FROM report_receipts; DELETE FROM report_items",
    );
    const series = await readSeries(query, []);
    expect(series.lost).to.deep.equal({ total: 0, shown: [] });
    expect(series.buckets).to.equal(1);
  });

  it("stay short for a long run", async () => {
    await connection.run("UPDATE report_receipts SET at_ms = 36000000 WHERE id = 's1'");
    const { buckets, bucketMs } = await readSeries(query, []);
    expect(buckets).to.be.at.most(901);
    expect(bucketMs).to.equal(60_000);
  });
});
