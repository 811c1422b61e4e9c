/**
 * The statements that classify. They read the history and the oracle's tables: `holds` (signal, routed_ms:
 * from the answer to the routing; hold_ms: to the receipt; cut_ms: when its backend's journal was cut),
 * `rings` (ring, from_ms, to_ms), `keys` (signal, key, position, hash_kept), `key_owners` (signal, key, ring,
 * ip), `deaths` and `explained`.
 */
import { literal } from "../history/database.js";
import { audits, NO_AUDIT, WITH_AUDIT, type AuditSql } from "./audit.js";

/** An item is acked when one of its operations was; its sends span first to last. */
const SENDS = `
CREATE TABLE sends AS
SELECT a.signal, a.id, any_value(a.key) AS key, any_value(a.digest) AS digest, any_value(a.class) AS class,
       min(a.start_ms) AS start_ms, max(a.end_ms) AS end_ms, bool_or(coalesce(a.error, false)) AS error,
       min(o.invoke_ms) AS invoke_ms, max(coalesce(o.complete_ms, o.invoke_ms)) AS complete_ms,
       list(DISTINCT o.node) AS nodes,
       CASE WHEN bool_or(o.outcome = 'acked') THEN 'acked'
            WHEN bool_and(o.outcome = 'refused') THEN 'refused' ELSE 'indeterminate' END AS answer
FROM attempts a JOIN operations o USING (op) GROUP BY a.signal, a.id`;

export interface SamplingRules {
  readonly keepsErrors: boolean;
  /** Null without a latency policy. */
  readonly latencyThresholdMs: number | null;
  /** A policy that nobody can predict may keep what the others drop, or drop what they keep. */
  readonly mayKeepMore: boolean;
  readonly mayDropMore: boolean;
}

/** Kept by the acked spans alone is certain; kept only with the unanswered ones is uncertain. */
const traces = (rules: SamplingRules): string => {
  const { keepsErrors, latencyThresholdMs, mayKeepMore, mayDropMore } = rules;
  const slow = (filter: string): string =>
    latencyThresholdMs === null
      ? "false"
      : `coalesce(max(s.end_ms) ${filter} - min(s.start_ms) ${filter} >= ${String(latencyThresholdMs)}, false)`;
  const error = (answer: string): string =>
    keepsErrors ? `bool_or(s.error AND s.answer = '${answer}')` : "false";
  return `
CREATE TABLE traces AS
SELECT 'traces' AS signal, s.key, any_value(s.class) AS class, count(*) AS spans, min(s.invoke_ms) AS invoke_ms,
       max(s.complete_ms) AS complete_ms, any_value(k.hash_kept) AS hash_kept,
       CASE WHEN ${String(mayDropMore)} THEN 'uncertain'
            WHEN any_value(k.hash_kept) OR ${error("acked")}
              OR ${slow("FILTER (s.answer = 'acked')")} THEN 'yes'
            WHEN ${error("indeterminate")}
              OR (bool_or(s.answer = 'indeterminate') AND ${slow("FILTER (s.answer <> 'refused')")})
              THEN 'uncertain'
            ELSE '${mayKeepMore ? "uncertain" : "no"}' END AS kept
FROM sends s JOIN keys k ON k.signal = s.signal AND k.key = s.key
WHERE s.signal = 'traces' GROUP BY s.key`;
};

/** What this run never sent, an earlier run with the same IDs included. */
const strays = (runId: string): string => `
CREATE TABLE strays AS
SELECT r.* FROM receipts r LEFT JOIN sends s ON s.signal = r.signal AND s.id = r.id
WHERE s.id IS NULL OR r.run IS DISTINCT FROM ${literal(runId)}`;

const arrivals = (runId: string): string => `
CREATE TABLE arrivals AS
SELECT r.signal, r.id, count(*) AS receipts, min(r.at_ms) AS received_ms, list(DISTINCT r.peer) AS peers,
       bool_or(r.digest <> s.digest OR r.key <> s.key) AS altered,
       bool_or(NOT list_contains(s.nodes, r.node)) AS misstamped
FROM receipts r JOIN sends s ON s.signal = r.signal AND s.id = r.id
WHERE r.run = ${literal(runId)} GROUP BY r.signal, r.id`;

/** Owners under every ring that an agent could have when it routed the item. */
const OWNERS = `
CREATE TABLE owners AS
SELECT s.signal, s.id, list_sort(list(DISTINCT o.ip)) AS ips
FROM sends s
JOIN holds h ON h.signal = s.signal
JOIN key_owners o ON o.signal = s.signal AND o.key = s.key
JOIN rings r ON r.ring = o.ring AND r.from_ms < s.complete_ms + h.routed_ms AND s.invoke_ms < r.to_ms
GROUP BY s.signal, s.id`;

/** What was not yet due when its backend's journal was cut may still have arrived: nobody can say. */
const states = (audit: AuditSql): string => `
CREATE TABLE states AS
SELECT s.*, coalesce(a.receipts, 0) AS receipts, a.received_ms, ${audit.columns},
       coalesce(a.altered, false) AS altered, coalesce(a.misstamped, false) AS misstamped,
       coalesce(w.ips, []) AS owners, coalesce(t.kept, 'yes') AS kept, k.position,
       coalesce(t.hash_kept, true) AS hash_kept,
       CASE WHEN s.answer <> 'acked' THEN 'not-acked'
            WHEN coalesce(t.kept, 'yes') = 'uncertain' THEN 'undecidable'
            WHEN coalesce(t.kept, 'yes') = 'yes' AND a.id IS NOT NULL THEN 'delivered'
            WHEN coalesce(t.kept, 'yes') = 'yes' AND s.complete_ms + h.hold_ms > h.cut_ms THEN 'undecidable'
            WHEN coalesce(t.kept, 'yes') = 'yes' THEN 'lost'
            WHEN a.id IS NOT NULL THEN 'leaked' ELSE 'sampled-out' END AS state
FROM sends s
JOIN holds h ON h.signal = s.signal
JOIN keys k ON k.signal = s.signal AND k.key = s.key
LEFT JOIN arrivals a ON a.signal = s.signal AND a.id = s.id
LEFT JOIN owners w ON w.signal = s.signal AND w.id = s.id
LEFT JOIN traces t ON t.signal = s.signal AND t.key = s.key
${audit.join}`;

/** What became of every item that the sealed history holds, but for why it was lost. */
export const classification = (options: {
  readonly runId: string;
  readonly sampling: SamplingRules;
  /** Whether an audit is there to be trusted. */
  readonly audited: boolean;
}): readonly string[] => [
  SENDS,
  traces(options.sampling),
  strays(options.runId),
  arrivals(options.runId),
  OWNERS,
  ...(options.audited ? audits(options.runId) : []),
  states(options.audited ? WITH_AUDIT : NO_AUDIT),
];

/**
 * Each trace with a loss, at each gateway that may have got a part of it: when the first span came there, and
 * what of the evidence that keeps the trace was certainly there before its decision. A gateway that died while
 * it held the trace, or a span that may have gone elsewhere or come too late, makes nothing certain.
 */
export const parts = (decisionWaitMs: number): string => `
CREATE TABLE parts AS
WITH lost AS (SELECT DISTINCT key FROM states WHERE signal = 'traces' AND state = 'lost'),
spread AS (
  SELECT s.key, unnest(s.owners) AS ip, len(s.owners) = 1 AS certain, s.answer, s.error, s.start_ms, s.end_ms,
         s.invoke_ms AS from_ms, s.complete_ms + h.routed_ms AS by_ms
  FROM states s JOIN lost USING (key) JOIN holds h ON h.signal = s.signal WHERE s.signal = 'traces'),
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
       min(s.start_ms) FILTER (there) AS start_ms, max(s.end_ms) FILTER (there) AS end_ms
FROM whole w JOIN (
  SELECT spread.*, certain AND answer = 'acked' AND whole.survived
           AND by_ms <= whole.first_from_ms + ${String(decisionWaitMs)} AS there
  FROM spread JOIN whole USING (key, ip)) s USING (key, ip)
GROUP BY w.key, w.ip`;

/** Each lost item at each gateway that may have owned it; `error` and span of time with the item itself. */
export const LOST = `
SELECT s.signal, s.id, s.invoke_ms AS "sentMs", s.complete_ms AS "ackedMs", s.hash_kept AS "hashKept", o.ip,
       coalesce(p.first_from_ms, s.invoke_ms) AS "firstFromMs",
       coalesce(p.first_by_ms, s.complete_ms + h.routed_ms) AS "firstByMs",
       s.error OR coalesce(p.error, false) AS error,
       greatest(s.end_ms, p.end_ms) - least(s.start_ms, p.start_ms) AS "spanMs"
FROM states s JOIN holds h ON h.signal = s.signal
CROSS JOIN unnest(s.owners) AS o(ip)
LEFT JOIN parts p ON p.signal = s.signal AND p.key = s.key AND p.ip = o.ip
WHERE s.state = 'lost' ORDER BY s.signal, s.id, o.ip`;

/** The classification of every item, and the same as reports read it. */
export const items = (audited: boolean): readonly string[] => {
  const { place, seen } = audited ? WITH_AUDIT : NO_AUDIT;
  return [
    `CREATE TABLE items AS
   SELECT s.*, CASE WHEN s.state = 'lost' THEN coalesce(e.place, ${place}) END AS place, ${seen} AS seen,
          e.rule, e.rule_name
   FROM states s LEFT JOIN explained e ON e.signal = s.signal AND e.id = s.id`,
    "DROP TABLE states",
    `CREATE VIEW report_items AS
   SELECT signal, id, key, class, error, position::INTEGER AS position, state, place, rule,
          array_to_string(list_transform(owners, ip -> coalesce(gateways.pods[ip], ip)), ',') AS owners
   FROM items CROSS JOIN (
     SELECT coalesce(map_from_entries(list((ip, pod))), MAP {}) AS pods FROM (
       SELECT ip, arg_max(pod, at_ms) AS pod FROM topology
       WHERE source = 'pod' AND tier = 'gateway' AND ip <> '' GROUP BY ip)) gateways`,
  ];
};
