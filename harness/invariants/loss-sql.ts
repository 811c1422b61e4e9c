/**
 * The statements that gather what explaining the losses of a shard rests on: where each lost item may have been, and
 * what the other spans of its trace show. They read `states` (classification-sql.ts), `died_with_agent`
 * (agent-deaths.ts), `holds`, `deaths`, `held_up` and `crowded`.
 */
import { AGENT_DEATH } from "./agent-deaths.js";
import { listOf } from "./list-of.js";

/**
 * SQL: until when agents may have held back for this gateway what they had between two times, or the agent of one of
 * the nodes what it had for anybody (`held_up`: ip or node, from_ms, to_ms); null when they did not.
 */
const heldUntil = (ip: string, nodes: string, from: string, by: string): string =>
  `(SELECT max(u.to_ms) FROM held_up u WHERE (u.ip = ${ip} OR list_contains(${listOf(nodes)}, u.node))
     AND u.from_ms <= ${by} AND ${from} <= u.to_ms)`;

/**
 * SQL: whether an agent may have had more requests of the signal at once than its queue for a gateway takes, of what it
 * had between two times (`crowded`: signal, node, ip or null for every gateway, from_ms, to_ms).
 */
export const crowdedOut = (
  signal: string,
  ip: string,
  nodes: string,
  from: string,
  by: string,
): string =>
  `EXISTS (SELECT 1 FROM crowded c WHERE c.signal = ${signal} AND coalesce(c.ip = ${ip}, true)
     AND list_contains(${listOf(nodes)}, c.node) AND c.from_ms <= ${by} AND ${from} <= c.to_ms)`;

/**
 * Each trace with a loss, at each gateway that may have got a part of it: when the first span came there, and
 * what of the evidence that keeps the trace was certainly there before its decision. A gateway that died while
 * it held the trace, or a span that may have died with its agent, gone elsewhere, been held up or come too late, makes
 * nothing certain.
 */
export const parts = (decisionWaitMs: number): string => `
CREATE OR REPLACE TEMP TABLE parts AS
WITH lost AS (SELECT DISTINCT key FROM states WHERE signal = 'traces' AND state = 'lost'),
spread AS (
  SELECT *, ${heldUntil("p.ip", "p.nodes", "p.from_ms", "p.by_ms")} IS NOT NULL AS held FROM (
    SELECT s.key, unnest(${listOf("s.owners")}) AS ip, NOT contains(s.owners, ',') AND x.id IS NULL AS certain,
           s.answer, s.error, s.start_ms, s.end_ms, s.nodes, s.invoke_ms AS from_ms,
           s.complete_ms + h.routed_ms AS by_ms
    FROM states s JOIN lost USING (key) JOIN holds h ON h.signal = s.signal
    LEFT JOIN died_with_agent x ON x.signal = s.signal AND x.id = s.id WHERE s.signal = 'traces') p),
times AS (
  SELECT key, ip, min(from_ms) AS first_from_ms, min(by_ms) FILTER (certain) AS first_by_ms,
         max(by_ms) AS last_by_ms
  FROM spread GROUP BY key, ip),
whole AS (
  SELECT t.*, bool_and(d.ip IS NULL) AS survived
  FROM times t LEFT JOIN deaths d ON d.tier = 'gateway' AND d.ip = t.ip
    AND d.from_ms <= t.last_by_ms + ${String(decisionWaitMs)} AND t.first_from_ms <= d.to_ms
  GROUP BY ALL)
SELECT 'traces' AS signal, w.key, w.ip, any_value(w.first_from_ms) AS first_from_ms,
       any_value(w.first_by_ms) AS first_by_ms,
       coalesce(bool_or(s.error) FILTER (there), false) AS error,
       min(s.start_ms) FILTER (there) AS start_ms, max(s.end_ms) FILTER (there) AS end_ms,
       bool_or(s.held) AS held
FROM whole w JOIN (
  SELECT spread.*, certain AND answer = 'acked' AND whole.survived AND NOT held
           AND by_ms <= whole.first_from_ms + ${String(decisionWaitMs)} AS there
  FROM spread JOIN whole USING (key, ip)) s USING (key, ip)
GROUP BY w.key, w.ip`;

/**
 * Each lost item at each gateway that may have owned it; `error` and span of time with the item itself, unless it was
 * held up itself and may have come after the decision.
 */
export const LOST = `
SELECT s.signal, s.id, s.invoke_ms AS "sentMs", s.complete_ms AS "ackedMs", s.hash_kept AS "hashKept", s.ip,
       coalesce(p.first_from_ms, s.invoke_ms) AS "firstFromMs",
       coalesce(p.first_by_ms, s.complete_ms + h.routed_ms) AS "firstByMs",
       (s.error AND s.held_ms IS NULL) OR coalesce(p.error, false) AS error,
       CASE WHEN s.held_ms IS NOT NULL THEN p.end_ms - p.start_ms
            ELSE greatest(s.end_ms, p.end_ms) - least(s.start_ms, p.start_ms) END AS "spanMs",
       coalesce(p.held, false) AS "heldUp", s.held_ms AS "heldUntilMs", s.crowded AS "crowdedOut",
       ${AGENT_DEATH.columns}
FROM (
  SELECT l.*, ${heldUntil("l.ip", "l.nodes", "l.invoke_ms", "l.complete_ms + h.routed_ms")} AS held_ms,
         ${crowdedOut("l.signal", "l.ip", "l.nodes", "l.invoke_ms", "l.complete_ms + h.routed_ms")} AS crowded
  FROM (
    SELECT *, unnest(${listOf("owners")}) AS ip FROM states WHERE state = 'lost') l
  JOIN holds h ON h.signal = l.signal) s
JOIN holds h ON h.signal = s.signal
LEFT JOIN parts p ON p.signal = s.signal AND p.key = s.key AND p.ip = s.ip
${AGENT_DEATH.joins}`;
