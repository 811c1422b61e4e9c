/**
 * The statements that classify the items of one shard: all whose route key hashes to it, so that traces are whole.
 * They read `shard_attempts` and `shard_receipts` (the rows of the shard; `op` is a number of `ops`), the oracle's
 * functions (predict.ts), `due_ms` (troubles.ts), `holds` and `deaths`. Of `holds` (signal, routed_ms, agent_ms,
 * hold_ms, cut_ms) the first three count from the answer: to the routing, to the gateway, to the receipt; cut_ms is
 * when the journal of the signal's backend was cut. What is temporary lives until the next shard.
 */
import { literal } from "../history/database.js";
import { AGENT_DEATH } from "./agent-deaths.js";
import { audits, NO_AUDIT, WITH_AUDIT, type AuditSql } from "./audit.js";

export interface SamplingRules {
  readonly keepsErrors: boolean;
  /** Null without a latency policy. */
  readonly latencyThresholdMs: number | null;
  readonly decisionWaitMs: number;
  /** A policy that nobody can predict may keep what the others drop, or drop what they keep. */
  readonly mayKeepMore: boolean;
  readonly mayDropMore: boolean;
}

export interface Classification {
  readonly runId: string;
  readonly sampling: SamplingRules;
  /** Whether an audit is there to be trusted. */
  readonly audited: boolean;
  /** SQL: the rings possible between two columns. */
  readonly ringsBetween: (from: string, by: string) => string;
}

/**
 * An operation of the generator, with the time in which its items were routed and the rings by which they may have
 * been: an agent that was frozen routes by what it knew before, until it has resolved anew (`frozen`: node, from_ms,
 * to_ms; a row a node).
 */
export const operations = ({ ringsBetween }: Classification): string => `
CREATE TABLE ops AS
SELECT *, ${ringsBetween("ring_from_ms", "ring_by_ms")} AS rings FROM (
  SELECT row_number() OVER ()::INTEGER AS n, o.* EXCLUDE (by_ms),
         least(o.invoke_ms, f.from_ms) AS ring_from_ms, greatest(o.by_ms, f.to_ms) AS ring_by_ms
  FROM (
    SELECT o.op, o.node, o.invoke_ms, coalesce(o.complete_ms, o.invoke_ms) AS complete_ms,
           coalesce(o.complete_ms, o.invoke_ms) + h.routed_ms AS by_ms,
           CASE WHEN o.outcome IN ('acked', 'refused') THEN o.outcome ELSE 'indeterminate' END AS answer
    FROM operations o JOIN holds h USING (signal)) o
  LEFT JOIN frozen f ON f.node = o.node AND o.invoke_ms <= f.to_ms AND f.from_ms <= o.by_ms)`;

/** Items in more than one operation; most are in one, and nothing of theirs need be put together. */
const RESENT = `
CREATE OR REPLACE TEMP TABLE resent AS
SELECT signal, id FROM shard_attempts GROUP BY signal, id HAVING count(*) > 1`;

/** An item is acked when one of its operations was; its sends span first to last. */
const sends = ({ ringsBetween }: Classification): string => `
CREATE OR REPLACE TEMP TABLE sends AS
WITH again AS (
  SELECT a.signal, a.id, any_value(a.key) AS key, any_value(a.digest) AS digest, any_value(a.class) AS class,
         min(a.start_ms) AS start_ms, max(a.end_ms) AS end_ms, bool_or(a.error) AS error,
         min(o.invoke_ms) AS invoke_ms, max(o.complete_ms) AS complete_ms,
         min(o.ring_from_ms) AS ring_from_ms, max(o.ring_by_ms) AS ring_by_ms, list(DISTINCT o.node) AS nodes,
         CASE WHEN bool_or(o.answer = 'acked') THEN 'acked'
              WHEN bool_and(o.answer = 'refused') THEN 'refused' ELSE 'indeterminate' END AS answer
  FROM shard_attempts a SEMI JOIN resent USING (signal, id) JOIN ops o ON o.n = a.op
  GROUP BY a.signal, a.id)
SELECT a.signal, a.id, a.key, a.digest, a.class, a.start_ms, a.end_ms, a.error, o.invoke_ms, o.complete_ms,
       [o.node] AS nodes, o.answer, o.rings
FROM shard_attempts a ANTI JOIN resent USING (signal, id) JOIN ops o ON o.n = a.op
UNION ALL
SELECT again.* EXCLUDE (ring_from_ms, ring_by_ms), ${ringsBetween("ring_from_ms", "ring_by_ms")} AS rings
FROM again`;

/**
 * Kept by the acked spans alone is certain when they surely came before the earliest decision; kept only with later
 * ones, for a decision may have been made without them, or with unanswered ones is uncertain. What is no trace is
 * kept.
 */
const keys = ({ sampling }: Classification): string => {
  const { keepsErrors, latencyThresholdMs, decisionWaitMs, mayKeepMore, mayDropMore } = sampling;
  const slow = (filter: string): string =>
    latencyThresholdMs === null
      ? "false"
      : `coalesce(max(end_ms) ${filter} - min(start_ms) ${filter} >= ${String(latencyThresholdMs)}, false)`;
  // The first of a trace may come to its gateway when it is sent, any other as late as its agent may hold it.
  const inTime = (completeMs: string): string =>
    `coalesce(${completeMs} + (SELECT routed_ms FROM holds WHERE signal = 'traces')
       <= min(invoke_ms) + ${String(decisionWaitMs)}, false)`;
  const acked = "FILTER (answer = 'acked')";
  const error = keepsErrors ? "error" : "false";
  return `
CREATE OR REPLACE TEMP TABLE shard_keys AS
SELECT signal, key, class, spans, invoke_ms, complete_ms, fate // 2 AS position, fate % 2 = 1 AS hash_kept,
       CASE WHEN signal <> 'traces' THEN 'yes'
            WHEN ${String(mayDropMore)} THEN 'uncertain'
            WHEN hash_kept OR certain THEN 'yes'
            WHEN possible THEN 'uncertain'
            ELSE '${mayKeepMore ? "uncertain" : "no"}' END AS kept
FROM (
  SELECT *, fate(signal, key) AS fate FROM (
    SELECT signal, key, any_value(class) AS class, count(*) AS spans, min(invoke_ms) AS invoke_ms,
           max(complete_ms) AS complete_ms,
           ${inTime(`min(complete_ms) FILTER (${error} AND answer = 'acked')`)}
             OR (${slow(acked)} AND ${inTime(`max(complete_ms) ${acked}`)}) AS certain,
           bool_or(${error} AND answer <> 'refused') OR ${slow("FILTER (answer <> 'refused')")} AS possible
    FROM sends GROUP BY signal, key))`;
};

/** Owners under every ring that an agent could have when it routed the item: few answers, asked once each. */
const OWNERS = `
INSERT INTO owner_lists
SELECT rings, position, CASE owners WHEN '' THEN [] ELSE string_split(owners, ',') END AS ips
FROM (
  SELECT rings, position, owners_of(rings, position::VARCHAR) AS owners FROM (
    SELECT DISTINCT s.rings, k.position FROM sends s JOIN shard_keys k ON k.signal = s.signal AND k.key = s.key)
  ANTI JOIN owner_lists USING (rings, position))`;

/** Items that were received more than once, by run. */
const REPEATED = `
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT signal, id, run, count(*) AS receipts FROM shard_receipts GROUP BY signal, id, run HAVING count(*) > 1`;

const again = (runId: string): string => `
CREATE OR REPLACE TEMP TABLE arrived_again AS
SELECT r.signal, r.id, count(*) AS receipts, min(r.at_ms) AS received_ms, list(DISTINCT r.peer) AS peers,
       bool_or(r.digest <> s.digest OR r.key <> s.key) AS altered,
       bool_or(NOT list_contains(s.nodes, r.node)) AS misstamped
FROM (SELECT * FROM shard_receipts SEMI JOIN repeated USING (signal, id)) r
JOIN sends s ON s.signal = r.signal AND s.id = r.id
WHERE r.run = ${literal(runId)} GROUP BY r.signal, r.id`;

/** What was not yet due when its backend's journal was cut may still have arrived: nobody can say. */
const states = (runId: string, audit: AuditSql): string => `
CREATE OR REPLACE TEMP TABLE states AS
WITH once AS (
  SELECT signal, id, at_ms, peer, digest, key, node
  FROM shard_receipts ANTI JOIN repeated USING (signal, id, run) WHERE run = ${literal(runId)}),
joined AS (
  SELECT s.* EXCLUDE (rings), coalesce(m.receipts, CASE WHEN o.id IS NULL THEN 0 ELSE 1 END) AS receipts,
         coalesce(m.received_ms, o.at_ms) AS received_ms,
         ${audit.columns("CASE WHEN m.id IS NOT NULL THEN m.peers WHEN o.id IS NOT NULL THEN [o.peer] ELSE [] END")},
         coalesce(m.altered, o.digest <> s.digest OR o.key <> s.key, false) AS altered,
         coalesce(m.misstamped, NOT list_contains(s.nodes, o.node), false) AS misstamped,
         w.ips AS owners, k.kept, k.position, k.hash_kept,
         due_ms(s.signal, s.invoke_ms, s.complete_ms + h.hold_ms) > h.cut_ms AS early
  FROM sends s
  JOIN holds h ON h.signal = s.signal
  JOIN shard_keys k ON k.signal = s.signal AND k.key = s.key
  LEFT JOIN owner_lists w ON w.rings = s.rings AND w.position = k.position
  LEFT JOIN once o ON o.signal = s.signal AND o.id = s.id
  LEFT JOIN arrived_again m ON m.signal = s.signal AND m.id = s.id
  ${audit.join})
SELECT * EXCLUDE (early), len(owners) > 0 AND NOT list_has_all(owners, peers) AS misrouted,
       CASE WHEN answer <> 'acked' THEN 'not-acked'
            WHEN kept = 'uncertain' THEN 'undecidable'
            WHEN kept = 'yes' AND receipts > 0 THEN 'delivered'
            WHEN kept = 'yes' AND early THEN 'undecidable'
            WHEN kept = 'yes' THEN 'lost'
            WHEN receipts > 0 THEN 'leaked' ELSE 'sampled-out' END AS state
FROM joined`;

/** Whether every receipt of the shard is of an item of the shard; then none is a stray. */
export const ALL_KNOWN = `
SELECT (SELECT count(*) FROM shard_receipts) = (SELECT coalesce(sum(receipts), 0) FROM states) AS known`;

/** What this run never sent, an earlier run with the same IDs included: what no item of the shard explains. */
export const strays = (shard: number, runId: string): string => `
INSERT INTO strays
SELECT r.*, ${String(shard)} AS shard FROM shard_receipts r
LEFT JOIN sends s ON s.signal = r.signal AND s.id = r.id
WHERE s.id IS NULL OR r.run IS DISTINCT FROM ${literal(runId)}`;

/** What became of every item of the shard, but for why it was lost. */
export const classification = (shard: number, options: Classification): readonly string[] => [
  RESENT,
  sends(options),
  keys(options),
  OWNERS,
  REPEATED,
  again(options.runId),
  ...(options.audited ? audits(options.runId) : []),
  states(options.runId, options.audited ? WITH_AUDIT : NO_AUDIT),
  `DELETE FROM strays WHERE shard = ${String(shard)}`,
];

/**
 * SQL: whether agents may have held back for this gateway what they routed between two times, or one of the nodes was
 * frozen with it (`held_up`: ip or node, from_ms, to_ms).
 */
const heldUp = (ip: string, nodes: string, from: string, by: string): string =>
  `EXISTS (SELECT 1 FROM held_up u WHERE (u.ip = ${ip} OR list_contains(${nodes}, u.node))
     AND u.from_ms <= ${by} AND ${from} <= u.to_ms)`;

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
  SELECT *, ${heldUp("p.ip", "p.nodes", "p.from_ms", "p.by_ms")} AS held FROM (
    SELECT s.key, unnest(s.owners) AS ip, len(s.owners) = 1 AND x.id IS NULL AS certain, s.answer, s.error,
           s.start_ms, s.end_ms, s.nodes, s.invoke_ms AS from_ms, s.complete_ms + h.routed_ms AS by_ms
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
       (s.error AND NOT s.held) OR coalesce(p.error, false) AS error,
       CASE WHEN s.held THEN p.end_ms - p.start_ms
            ELSE greatest(s.end_ms, p.end_ms) - least(s.start_ms, p.start_ms) END AS "spanMs",
       coalesce(p.held, false) AS "heldUp", ${AGENT_DEATH.columns}
FROM (
  SELECT l.*, ${heldUp("l.ip", "l.nodes", "l.invoke_ms", "l.complete_ms + h.routed_ms")} AS held FROM (
    SELECT *, unnest(owners) AS ip FROM states WHERE state = 'lost') l JOIN holds h ON h.signal = l.signal) s
JOIN holds h ON h.signal = s.signal
LEFT JOIN parts p ON p.signal = s.signal AND p.key = s.key AND p.ip = s.ip
${AGENT_DEATH.joins}`;

/** What is kept of the shard for invariants and reports. */
export const items = ({ audited }: Classification): string => {
  const { place, seen } = audited ? WITH_AUDIT : NO_AUDIT;
  return `
SELECT s.*, CASE WHEN s.state = 'lost' THEN coalesce(e.place, ${place}) END AS place, ${seen} AS seen,
       e.rule, e.rule_name
FROM states s LEFT JOIN shard_explained e ON e.signal = s.signal AND e.id = s.id`;
};
export const KEYS = "FROM shard_keys";

/** Counts the distinct receipts of the shard from nothing but receipts, so that the books can fail to balance. */
export const countReceived = (shard: number): readonly string[] => [
  `DELETE FROM received WHERE shard = ${String(shard)}`,
  `INSERT INTO received
   SELECT ${String(shard)}, signal, sum(n) FROM (
     SELECT signal, count(*) AS n FROM shard_receipts GROUP BY signal
     UNION ALL SELECT signal, -sum(receipts - 1) FROM repeated GROUP BY signal
     UNION ALL SELECT signal, -count(DISTINCT (id, run)) FROM strays WHERE shard = ${String(shard)} GROUP BY signal)
   GROUP BY signal`,
];

/** Tables that all shards add to. */
export const SHARED: readonly string[] = [
  "CREATE TABLE owner_lists (rings VARCHAR, position INTEGER, ips VARCHAR[])",
  "CREATE TABLE strays AS SELECT *, 0 AS shard FROM receipts LIMIT 0",
  "CREATE TABLE moved AS SELECT *, 0 AS home FROM receipts LIMIT 0",
  "CREATE TABLE received (shard INTEGER, signal VARCHAR, items BIGINT)",
];

/** The classification of every item and what it rests on, as invariants and reports read it. */
export const views = (shards: number): readonly string[] => {
  const all = (table: string): string =>
    Array.from({ length: shards }, (_, shard) => `FROM ${table}_${String(shard)}`).join(
      " UNION ALL ",
    );
  return [
    `CREATE VIEW items AS ${all("items")}`,
    `CREATE VIEW all_keys AS ${all("keys")}`,
    "CREATE VIEW keys AS SELECT signal, key, position, hash_kept FROM all_keys",
    "CREATE VIEW traces AS SELECT * EXCLUDE (position) FROM all_keys WHERE signal = 'traces'",
    `CREATE VIEW key_owners AS
     SELECT k.signal, k.key, r.ring, owners_of(r.ring::INTEGER::VARCHAR, k.position::VARCHAR) AS ip
     FROM all_keys k JOIN holds h USING (signal)
     JOIN rings r ON r.from_ms < k.complete_ms + h.routed_ms AND k.invoke_ms < r.to_ms`,
    "CREATE VIEW explained AS SELECT signal, id, place, rule, rule_name FROM items WHERE rule IS NOT NULL",
    `CREATE VIEW report_items AS
     SELECT signal, id, key, class, error, position::INTEGER AS position, state, place, rule,
            array_to_string(list_transform(owners, ip -> coalesce(gateways.pods[ip], ip)), ',') AS owners
     FROM items CROSS JOIN (
       SELECT coalesce(map_from_entries(list((ip, pod))), MAP {}) AS pods FROM (
         SELECT ip, arg_max(pod, at_ms) AS pod FROM topology
         WHERE source = 'pod' AND tier = 'gateway' AND ip <> '' GROUP BY ip)) gateways`,
  ];
};
