/** Which lost items their agent may have lost by its death, or by its start: what their explanation rests on. */

/**
 * Lost items that may have died with an agent, or that one dropped which had just started: each operation that an agent
 * acknowledged with the item went to a node whose agent died after it was sent and before the agent must have handed it
 * on (a pause of the agent ends first), or whose agent may not have known any gateway in that time (`agent_starts`). A
 * send without an answer promised nothing, so nothing need explain it.
 */
export const DIED_WITH_AGENT = `
CREATE OR REPLACE TEMP TABLE died_with_agent AS
SELECT signal, id, key, bool_or(ringless) AS ringless FROM (
  SELECT s.signal, s.id, s.key, o.n, bool_or(d.node IS NOT NULL) AS died,
         bool_or(r.node IS NOT NULL) AND NOT bool_or(d.node IS NOT NULL) AS ringless
  FROM (SELECT signal, id, key FROM states WHERE state = 'lost') s
  JOIN shard_attempts a ON a.signal = s.signal AND a.id = s.id
  JOIN ops o ON o.n = a.op
  JOIN holds h ON h.signal = s.signal
  LEFT JOIN deaths d ON d.tier = 'agent' AND d.node = o.node
    AND o.invoke_ms <= d.to_ms AND d.from_ms <= greatest(o.complete_ms + h.agent_ms, o.ring_by_ms)
  LEFT JOIN agent_starts r ON r.node = o.node
    AND o.invoke_ms <= r.to_ms AND r.from_ms <= o.complete_ms + h.routed_ms
  WHERE o.answer = 'acked' GROUP BY ALL)
GROUP BY signal, id, key HAVING bool_and(died OR ringless)`;

/** Columns and joins of an agent's death for each lost item `s`. */
export const AGENT_DEATH = {
  columns: `x.id IS NOT NULL AS "diedWithAgent", coalesce(x.ringless, false) AS "ringless",
       y.key IS NOT NULL AS "traceDiedWithAgent"`,
  joins: `LEFT JOIN died_with_agent x ON x.signal = s.signal AND x.id = s.id
LEFT JOIN (SELECT DISTINCT key FROM died_with_agent WHERE signal = 'traces') y
  ON s.signal = 'traces' AND y.key = s.key`,
} as const;
