/**
 * Property: what has one route key goes to one gateway, the one that the ring gives; across a change of the
 * gateway set only to owners under a ring that its agent could have. Two checks: free of any model, a key seen
 * from two gateways while only one gateway set was possible; and the peer against the predicted owners.
 */
import type { InvariantResult } from "../model/invariant.js";
import { SLACK_MS, type Judged } from "./classify.js";
import { evidenceOf, number, result } from "./result.js";

const PROPERTY =
  "A trace goes to exactly the predicted gateway, across a change only to possible ones.";

export async function traceAffinity({ history, holds, epochs }: Judged): Promise<InvariantResult> {
  const resolveMs = holds.routingLagMs + SLACK_MS;
  // The first epochs are the gateways' start; afterwards each begin of one is a change.
  const changes = epochs.slice(1).map(({ atMs }) => atMs);
  const stable = changes
    .map(
      (atMs) =>
        `AND NOT (max(s.complete_ms) + ${String(holds.agentBatchMs + SLACK_MS)} >= ${String(atMs)} ` +
        `AND min(s.invoke_ms) - ${String(resolveMs)} <= ${String(atMs)})`,
    )
    .join("\n");
  await history.query(
    `CREATE OR REPLACE TABLE split AS
     SELECT s.signal, s.key, list_sort(list_distinct(flatten(list(s.peers)))) AS gateways
     FROM items s WHERE s.receipts > 0 AND s.signal <> 'metrics' GROUP BY s.signal, s.key
     HAVING len(list_distinct(flatten(list(s.peers)))) > 1 ${stable}`,
  );
  const misroutedFrom = `FROM items WHERE len(owners) > 0
    AND len(list_filter(peers, p -> NOT list_contains(owners, p))) > 0`;
  const [counts] = await history.query<{
    split: number;
    misrouted: number;
    seen: number;
    moved: number;
  }>(
    `SELECT (SELECT count(DISTINCT key) FROM split) AS split,
            (SELECT count(*) ${misroutedFrom}) AS misrouted,
            (SELECT count(*) FROM items WHERE receipts > 0) AS seen,
            (SELECT count(*) FROM items WHERE receipts > 0 AND len(owners) > 1) AS moved`,
  );
  const { split, misrouted, seen, moved } = counts ?? { split: 0, misrouted: 0, seen: 0, moved: 0 };
  const sound = split === 0 && misrouted === 0;
  const verdict = !sound ? "fail" : seen === 0 ? "inconclusive" : "pass";
  return result("trace-affinity", PROPERTY, verdict, {
    limit: "0 traces split in a stable epoch, 0 items misrouted",
    actual: `${number(split)} split, ${number(misrouted)} misrouted, ${number(moved)} in transition`,
    reason:
      split > 0
        ? `${number(split)} traces reached more than one gateway while the gateway set did not change`
        : misrouted > 0
          ? `${number(misrouted)} items came from a gateway that no possible ring gives`
          : seen === 0
            ? "nothing was received"
            : `all ${number(seen)} received items came from a predicted gateway`,
    evidence:
      split > 0
        ? await evidenceOf(
            history,
            ["signal", "key", "array_to_string(gateways, ', ') AS gateways"],
            "FROM split",
          )
        : await evidenceOf(
            history,
            [
              "signal",
              "id",
              "key",
              "array_to_string(peers, ', ') AS gateways",
              "array_to_string(owners, ' or ') AS predicted",
            ],
            misroutedFrom,
          ),
  });
}
