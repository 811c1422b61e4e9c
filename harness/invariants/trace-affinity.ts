/**
 * Property: what has one route key goes to one gateway, the one that the ring gives; across a change of the
 * gateway set only to owners under a ring that its agent could have; one that was frozen routes late, and by what it
 * knew. Two checks: free of any model, a key seen from two gateways while only one gateway set was possible; and the
 * peer against the predicted owners. In an audited run that holds of everything that a gateway got, sampled out or
 * lost; else of what a backend received.
 */
import type { InvariantResult } from "../model/invariant.js";
import type { Judged } from "./classify.js";
import { evidenceOf, number, result } from "./result.js";

const PROPERTY =
  "A trace goes to exactly the predicted gateway, across a change only to possible ones.";

export async function traceAffinity({ history, audit }: Judged): Promise<InvariantResult> {
  await history.query(
    `CREATE OR REPLACE TABLE split AS
     SELECT s.*, (SELECT count(*) FROM rings r WHERE r.from_ms < s.by_ms AND s.from_ms < r.to_ms) AS rings
     FROM (SELECT i.signal, i.key, list_sort(list_distinct(flatten(list(i.peers)))) AS gateways,
             min(coalesce(f.from_ms, i.invoke_ms)) AS from_ms,
             max(greatest(i.complete_ms + h.routed_ms, f.to_ms)) AS by_ms
           FROM items i JOIN holds h ON h.signal = i.signal
           LEFT JOIN frozen f ON list_contains(i.nodes, f.node)
             AND i.invoke_ms <= f.to_ms AND f.from_ms <= i.complete_ms + h.routed_ms
           WHERE len(i.peers) > 0 AND i.signal <> 'metrics' GROUP BY i.signal, i.key) s
     WHERE len(s.gateways) > 1`,
  );
  const misroutedFrom = `FROM items WHERE misrouted`;
  const [counts] = await history.query<{
    split: number;
    misrouted: number;
    seen: number;
    moved: number;
  }>(
    `SELECT (SELECT count(DISTINCT key) FROM split WHERE rings <= 1) AS split,
            (SELECT count(*) ${misroutedFrom}) AS misrouted,
            (SELECT count(*) FROM items WHERE len(peers) > 0) AS seen,
            (SELECT count(*) FROM items WHERE len(peers) > 0 AND len(owners) > 1) AS moved`,
  );
  const { split, misrouted, seen, moved } = counts ?? { split: 0, misrouted: 0, seen: 0, moved: 0 };
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
            misroutedFrom,
          ),
  });
}
