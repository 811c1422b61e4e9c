/**
 * Property: what arrives is what was sent. The digest of an item (ID, name, times, attributes, status) and its
 * trace or service are as sent, and the agent's stamp k8s.node.name is a node that the item was sent to. One
 * receipt that differs fails. Inconclusive when nothing that was sent arrived.
 */
import type { InvariantResult } from "../model/invariant.js";
import type { Judged } from "./classify.js";
import { evidenceOf, number, result } from "./result.js";
import { countItems } from "./tally.js";

const PROPERTY = "Items arrive unaltered and stamped with the node that they were sent to.";

export async function integrity({ history, tally }: Judged): Promise<InvariantResult> {
  await history.query(
    `CREATE OR REPLACE TABLE damaged AS
     SELECT i.signal, i.id, unnest([
         CASE WHEN any_value(i.rekeyed) THEN 'another trace or service' END,
         CASE WHEN any_value(i.altered) THEN 'payload altered' END,
         CASE WHEN any_value(i.misstamped) THEN 'stamped with another node' END]) AS what,
       any_value(i.key) AS key, string_agg(DISTINCT r.key, ', ') AS key_received,
       any_value(array_to_string(i.nodes, ', ')) AS sent_to, string_agg(DISTINCT r.node, ', ') AS stamp
     FROM items i JOIN receipts r ON r.signal = i.signal AND r.id = i.id AND r.run = $run
     WHERE i.altered OR i.rekeyed OR i.misstamped GROUP BY i.signal, i.id`,
    { run: history.facts.runId },
  );
  const kinds = await history.query<{ what: string; n: number }>(
    `SELECT what, count(*) AS n FROM damaged WHERE what IS NOT NULL
     GROUP BY what ORDER BY n DESC, what`,
  );
  const list = kinds.map(({ what, n }) => `${number(n)} ${what}`).join(", ");
  const received = countItems(tally, ({ receipts }) => receipts > 0);
  const verdict = kinds.length > 0 ? "fail" : received === 0 ? "inconclusive" : "pass";
  return result("integrity", PROPERTY, verdict, {
    limit: "0",
    actual: list === "" ? `0 of ${number(received)}` : list,
    reason:
      kinds.length > 0
        ? `received: ${list}`
        : received === 0
          ? "nothing that was sent arrived"
          : `all ${number(received)} received items are as they were sent`,
    evidence: await evidenceOf(
      history,
      ["what", "signal", "id", "key", "key_received", "sent_to", "stamp"],
      "FROM damaged WHERE what IS NOT NULL",
    ),
  });
}
