/**
 * Property: traces spread over the gateways as the ring predicts, and the ring itself is fair. For each set of
 * gateways, of the traces that only this set could route: of those that came, at most 0.05 came from a gateway that
 * does not own them (exact, from their IDs), and of those that were sent no gateway owns more than the limit times its
 * fair share, 1/n. Inconclusive when no set had enough traces to itself, or when owners cannot be predicted.
 */
import type { InvariantResult, Spread } from "../model/invariant.js";
import type { Verdict } from "../model/verdict.js";
import { ringsOf } from "../oracle/epochs.js";
import type { Judged } from "./classify.js";
import { evidenceRows, number, percent, result } from "./result.js";

const PROPERTY =
  "Traces spread over the gateways as the ring predicts, and no gateway owns too many.";
/** A wrong ring moves a fifth of the traces or more; a single trace that went astray is trace-affinity's. */
const TOLERANCE = 0.05;

/** A gateway under one set of gateways. */
interface Share {
  readonly ring: number;
  readonly gateway: string;
  /** Size of the set. */
  readonly gateways: number;
  /** Traces that were sent under this set, and those of them that the ring gives to this gateway. */
  readonly traces: number;
  readonly owned: number;
  /** Traces that came from any gateway, from this one, and those of them that the ring gives to another. */
  readonly cameTraces: number;
  readonly came: number;
  readonly astray: number;
}

const load = (one: Share): number => (one.owned / one.traces) * one.gateways;
const astrayShare = (one: Share): number => (one.astray === 0 ? 0 : one.astray / one.cameTraces);

export async function spread(
  { minTraces, limit }: Spread,
  { history, facts, topology, troubles }: Judged,
): Promise<InvariantResult> {
  const rings = ringsOf(facts, history.facts.corefile, topology, troubles.dns);
  const shares = (await sharesOf({ history }))
    .filter(({ traces }) => traces >= minTraces)
    .map((one) => ({ ...one, gateways: rings[one.ring]?.ips.length ?? 1 }));
  const [verdict, reason] = ((): [Verdict, string] => {
    const astray = shares.find((one) => astrayShare(one) > TOLERANCE);
    const heavy = shares.find((one) => load(one) > limit);
    if (facts.unpredictableOwner[0] !== undefined) {
      return ["inconclusive", `no owner can be predicted: ${facts.unpredictableOwner[0]}`];
    }
    if (astray !== undefined) {
      const { gateway, cameTraces } = astray;
      return [
        "fail",
        `${number(astray.astray)} of ${number(cameTraces)} traces came from ${gateway}, which does not own them`,
      ];
    }
    if (heavy !== undefined) {
      const own = percent(heavy.owned / heavy.traces);
      const { gateway, gateways } = heavy;
      return ["fail", `${own} of the traces belong to ${gateway}, one of ${number(gateways)}`];
    }
    if (!shares.some(({ came }) => came > 0)) {
      return ["inconclusive", `no set of gateways had ${number(minTraces)} traces to itself`];
    }
    return ["pass", "every gateway got the traces that the ring gives it, and none too many"];
  })();
  return result("spread", PROPERTY, verdict, {
    limit: `at most ${percent(TOLERANCE)} astray, at most ${String(limit)} fair shares`,
    actual:
      `${percent(Math.max(0, ...shares.map(astrayShare)))} astray, ` +
      `${Math.max(0, ...shares.map(load)).toFixed(2)} fair shares at most`,
    reason,
    evidence: evidenceRows(
      ["gateway", "of", "traces", "owns", "came", "astray"],
      shares.map((one) => [
        one.gateway,
        one.gateways,
        one.traces,
        percent(one.owned / one.traces),
        one.came,
        one.astray,
      ]),
    ),
  });
}

/** Each gateway that owns or delivered something, under each set of gateways. */
function sharesOf({ history }: Pick<Judged, "history">): Promise<Omit<Share, "gateways">[]> {
  return history.query(
    `WITH alone AS (
       SELECT t.key, any_value(t.gateways) AS gateways, any_value(r.ring) AS ring
       FROM traces t JOIN holds h ON h.signal = 'traces'
       JOIN rings r ON r.from_ms < t.complete_ms + h.routed_ms AND t.invoke_ms < r.to_ms
       GROUP BY t.key HAVING count(*) = 1),
     owned AS (
       SELECT a.ring, o.ip, string_split(a.gateways, ',') AS peers
       FROM alone a JOIN key_owners o ON o.signal = 'traces' AND o.key = a.key AND o.ring = a.ring),
     seen AS (
       SELECT ring, peer AS ip, count(*) AS came, count(*) FILTER (peer <> owner) AS astray
       FROM (SELECT ring, ip AS owner, unnest(peers) AS peer FROM owned) GROUP BY ring, peer),
     due AS (SELECT ring, ip, count(*) AS owned FROM owned GROUP BY ring, ip)
     SELECT ring, ip AS gateway,
       coalesce(sum(owned) OVER (PARTITION BY ring), 0)::DOUBLE AS traces,
       coalesce(owned, 0) AS owned, coalesce(came, 0) AS came, coalesce(astray, 0) AS astray,
       coalesce(sum(came) OVER (PARTITION BY ring), 0)::DOUBLE AS "cameTraces"
     FROM due FULL JOIN seen USING (ring, ip) ORDER BY ring, gateway`,
  );
}
