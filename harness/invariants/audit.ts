/**
 * What the audit of a run shows: which gateway got each item, and when. A gateway answers an agent only when its
 * record is written (fixtures/deployments/audited), so an item without a record was lost before a gateway acknowledged
 * it, and one with a record was lost in that gateway or behind it. A gateway that died may have handed on what it never
 * recorded, nor answered: its own pipelines come first. This holds of a whole audit only; one that is not is left
 * aside, and makes the run inconclusive.
 */
import { literal } from "../history/database.js";
import type { History } from "../history/open-history.js";
import { AUDIT } from "../model/signal.js";
import type { DeploymentFacts } from "../oracle/deployment-facts.js";
import { SLACK_MS } from "../oracle/holds.js";
import { AGENT_DEATH } from "./agent-deaths.js";
import { journalProblems } from "./journal-problems.js";
import { crowdedOut } from "./loss-sql.js";
import { number } from "./result.js";

export interface AuditState {
  /** `off`: the run had none. `broken`: it had one that cannot be trusted. */
  readonly kind: "off" | "whole" | "broken";
  /** One sentence for each reason why it cannot be trusted. */
  readonly problems: readonly string[];
}

/** Whether places of loss can be read from the audit. Needs `deaths` beside the tables of the history. */
export async function auditStateOf(history: History, facts: DeploymentFacts): Promise<AuditState> {
  const { runId, scenario } = history.facts;
  // A scenario of before there was an audit does not name it.
  if ((scenario as Partial<typeof scenario>).audit !== true) return { kind: "off", problems: [] };
  const problems = await journalProblems(history, [AUDIT]);
  const [missing] = await history.query<{ n: number }>(
    `WITH missing AS (
       SELECT r.signal, r.id, r.peer, r.at_ms FROM receipts r
       ANTI JOIN audit_receipts a ON a.signal = r.signal AND a.id = r.id WHERE run = $run),
     sent AS (
       SELECT s.signal, s.id, min(o.invoke_ms) AS invoke_ms
       FROM attempts s SEMI JOIN missing m ON m.signal = s.signal AND m.id = s.id
       JOIN operations o ON o.op = s.op GROUP BY s.signal, s.id)
     SELECT count(DISTINCT (s.signal, s.id)) AS n
     FROM missing m JOIN sent s ON s.signal = m.signal AND s.id = m.id
     WHERE NOT EXISTS (SELECT 1 FROM deaths d
       WHERE d.ip = m.peer AND d.to_ms >= s.invoke_ms AND d.from_ms <= m.at_ms + $answeredMs)`,
    { run: runId, answeredMs: facts.agent.exporter.timeoutMs + SLACK_MS },
  );
  if (missing !== undefined && missing.n > 0) {
    problems.push(`${number(missing.n)} items came to a backend that the audit never saw`);
  }
  return { kind: problems.length === 0 ? "whole" : "broken", problems };
}

/**
 * Tables `audits`, an item of the shard at a gateway that got it, and `audited`, the same as one text for each item.
 * Every shard reads the whole audit: what it saw may have come under another key than it was sent with.
 */
export const audits = (runId: string): readonly string[] => [
  `CREATE OR REPLACE TEMP TABLE audits AS
   SELECT a.signal, a.id, a.peer AS ip, min(a.at_ms) AS first_ms, max(a.at_ms) AS last_ms
   FROM audit_receipts a SEMI JOIN sends s ON s.signal = a.signal AND s.id = a.id
   WHERE a.run = ${literal(runId)} GROUP BY a.signal, a.id, a.peer`,
  `CREATE OR REPLACE TEMP TABLE audited AS
   SELECT signal, id, string_agg(ip, ',' ORDER BY ip) AS gateways FROM audits GROUP BY signal, id`,
];

/** Parts of the statements that make `states` and `items`. */
export interface AuditSql {
  /** Columns `peers`, every gateway that an item was seen at, and `audited`, those that the audit names. */
  readonly columns: (receivedFrom: string) => string;
  readonly join: string;
  /** Place of a loss that nothing explains, and whether the place of any loss is seen. */
  readonly place: string;
  readonly seen: string;
}

export const NO_AUDIT: AuditSql = {
  columns: (receivedFrom) => `${receivedFrom} AS peers, NULL::VARCHAR AS audited`,
  join: "",
  place: "'unknown'",
  seen: "false",
};

export const WITH_AUDIT: AuditSql = {
  columns: (receivedFrom) =>
    `CASE WHEN u.gateways IS NULL OR u.gateways = ${receivedFrom} THEN ${receivedFrom}
          ELSE array_to_string(list_sort(list_distinct(string_split(
            concat_ws(',', ${receivedFrom}, u.gateways), ','))), ',') END AS peers,
     u.gateways AS audited`,
  join: "LEFT JOIN audited u ON u.signal = s.signal AND u.id = s.id",
  place: "CASE WHEN s.audited IS NULL THEN 'before-gateway' ELSE 'from-gateway' END",
  seen: "true",
};

/** A gateway's own pipelines have an item before the audit does: by so much at most. */
const LEAD_MS = SLACK_MS;

/**
 * Each trace with a loss, at each gateway that got a part of it: as `parts` of loss-sql.ts, but from what
 * was seen. Certain is only what came so early that even a decision at the earliest time knew it.
 */
export const auditedParts = (decisionWaitMs: number): string => `
CREATE OR REPLACE TEMP TABLE parts AS
WITH lost AS (SELECT DISTINCT key FROM states WHERE signal = 'traces' AND state = 'lost'),
spread AS (
  SELECT s.key, u.ip, s.error, s.start_ms, s.end_ms, u.first_ms, u.last_ms
  FROM states s JOIN lost USING (key) JOIN audits u ON u.signal = s.signal AND u.id = s.id
  WHERE s.signal = 'traces'),
times AS (
  SELECT key, ip, min(first_ms) AS begin_ms, max(last_ms) AS end_ms FROM spread GROUP BY key, ip),
whole AS (
  SELECT t.*, bool_and(d.ip IS NULL) AS survived
  FROM times t LEFT JOIN deaths d ON d.tier = 'gateway' AND d.ip = t.ip
    AND d.from_ms <= t.end_ms + ${String(decisionWaitMs)} AND t.begin_ms - ${String(LEAD_MS)} <= d.to_ms
  GROUP BY ALL)
SELECT 'traces' AS signal, w.key, w.ip, any_value(w.begin_ms) - ${String(LEAD_MS)} AS first_from_ms,
       any_value(w.begin_ms) AS first_by_ms, coalesce(bool_or(s.error) FILTER (there), false) AS error,
       min(s.start_ms) FILTER (there) AS start_ms, max(s.end_ms) FILTER (there) AS end_ms
FROM whole w JOIN (
  SELECT spread.*, whole.survived
           AND spread.first_ms <= whole.begin_ms - ${String(LEAD_MS)} + ${String(decisionWaitMs)} AS there
  FROM spread JOIN whole USING (key, ip)) s USING (key, ip)
GROUP BY w.key, w.ip`;

/**
 * Each lost item at each gateway that got it; one that none got, at each that may have owned it. As LOST of
 * loss-sql.ts, with when it came there and whether that gateway could own it.
 */
export const AUDITED_LOST = `
SELECT s.signal, s.id, s.invoke_ms AS "sentMs", s.complete_ms AS "ackedMs", s.hash_kept AS "hashKept", o.ip,
       coalesce(p.first_from_ms, o.from_ms, s.invoke_ms) AS "firstFromMs",
       coalesce(p.first_by_ms, o.by_ms, s.complete_ms + h.routed_ms) AS "firstByMs",
       s.error OR coalesce(p.error, false) AS error,
       greatest(s.end_ms, p.end_ms) - least(s.start_ms, p.start_ms) AS "spanMs",
       greatest(o.from_ms, s.invoke_ms) AS "reachedFromMs", o.by_ms AS "reachedByMs",
       coalesce(list_contains(string_split(s.owners, ','), o.ip), false) AS predicted,
       ${crowdedOut("s.signal", "o.ip", "s.nodes", "s.invoke_ms", "s.complete_ms + h.routed_ms")} AS "crowdedOut",
       ${AGENT_DEATH.columns}
FROM states s JOIN holds h ON h.signal = s.signal
JOIN (
  SELECT signal, id, ip, first_ms - ${String(LEAD_MS)} AS from_ms, last_ms AS by_ms FROM audits
  UNION ALL
  SELECT signal, id, unnest(string_split(owners, ',')), NULL, NULL FROM states
  WHERE state = 'lost' AND audited IS NULL
) o ON o.signal = s.signal AND o.id = s.id
LEFT JOIN parts p ON p.signal = s.signal AND p.key = s.key AND p.ip = o.ip
${AGENT_DEATH.joins}
WHERE s.state = 'lost'`;
