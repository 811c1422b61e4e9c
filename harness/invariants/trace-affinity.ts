/**
 * Property: what has one route key goes to one gateway, the one that the ring gives; across a change of the
 * gateway set only to owners under a ring that its agent could have; one that was frozen, or in a stall, routes late,
 * a frozen one by what it knew. Two checks: free of any model, a key seen from two gateways while only one gateway set
 * was possible; and the peer against the predicted owners. In an audited run that holds of everything that a gateway
 * got, sampled out or lost; else of what a backend received.
 */
import type { InvariantResult } from "../model/invariant.js";
import type { Judged } from "./classify.js";
import { evidenceOf, number, result } from "./result.js";
import { countItems } from "./tally.js";

const PROPERTY =
  "A trace goes to exactly the predicted gateway, across a change only to possible ones.";

export async function traceAffinity({ history, audit, tally }: Judged): Promise<InvariantResult> {
  await history.query(
    `CREATE OR REPLACE TABLE split AS
     SELECT s.*, (SELECT count(*) FROM rings r WHERE r.from_ms < s.by_ms AND s.from_ms < r.to_ms) AS rings
     FROM (SELECT k.signal, k.key, string_split(any_value(k.gateways), ',') AS gateways,
             min(least(i.invoke_ms, p.ring_from_ms)) AS from_ms,
             max(greatest(i.complete_ms + h.routed_ms, p.to_ms)) AS by_ms
           FROM all_keys k JOIN all_items i ON i.signal = k.signal AND i.key = k.key
           JOIN holds h ON h.signal = i.signal
           LEFT JOIN pauses p ON list_contains(string_split(i.nodes, ','), p.node)
             AND i.invoke_ms <= p.to_ms AND p.from_ms <= i.complete_ms + h.routed_ms
           WHERE contains(k.gateways, ',') AND k.signal <> 'metrics' AND i.peers IS NOT NULL
           GROUP BY k.signal, k.key) s`,
  );
  const [counts] = await history.query<{ split: number }>(
    "SELECT count(DISTINCT key) AS split FROM split WHERE rings <= 1",
  );
  const split = counts?.split ?? 0;
  const misrouted = countItems(tally, (row) => row.misrouted);
  const seen = countItems(tally, (row) => row.seen);
  const moved = countItems(tally, (row) => row.seen && row.moving);
  const sound = split === 0 && misrouted === 0;
  const verdict = !sound ? "fail" : seen === 0 ? "inconclusive" : "pass";
  const [were, got] =
    audit.kind === "whole"
      ? ["were at", "items that gateways got were at"]
      : ["came from", "received items came from"];
  const reason =
    split > 0
      ? `${number(split)} traces reached more than one gateway while the gateway set did not change`
      : misrouted > 0
        ? `${number(misrouted)} items ${were} a gateway that no possible ring gives`
        : seen === 0
          ? "nothing was received"
          : `all ${number(seen)} ${got} a predicted gateway`;
  return result("trace-affinity", PROPERTY, verdict, {
    limit: "0 traces split in a stable epoch, 0 items misrouted",
    actual: `${number(split)} split, ${number(misrouted)} misrouted, ${number(moved)} in transition`,
    reason,
    evidence:
      split > 0
        ? await evidenceOf(
            history,
            ["signal", "key", "array_to_string(gateways, ', ') AS gateways"],
            "FROM split WHERE rings <= 1",
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
            "FROM items WHERE misrouted",
            misrouted,
          ),
  });
}
