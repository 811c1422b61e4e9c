/**
 * The statements that classify the items of one shard: all whose route key hashes to it, so that traces are whole.
 * They read `shard_attempts` and `shard_receipts` (the rows of the shard; `op` is a number of `ops`), the oracle's
 * functions (predict.ts), `due_ms` (troubles.ts), `holds` and `deaths`. Of `holds` (signal, routed_ms, agent_ms,
 * hold_ms, cut_ms) the first three count from the answer: to the routing, to the gateway, to the receipt; cut_ms is
 * when the journal of the signal's backend was cut. What is temporary lives until the next shard. Several nodes or
 * gateways of one item are one text (list-of.ts).
 */
import { literal } from "../history/database.js";
import { audits, NO_AUDIT, WITH_AUDIT, type AuditSql } from "./audit.js";
import { listOf } from "./list-of.js";
import { RECEIPTS } from "./shards.js";

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
 * been: in a pause of its agent (`pauses`: node, from_ms, to_ms, ring_from_ms) as late as that was over, and by what
 * the agent knew then.
 */
export const operations = ({ ringsBetween }: Classification): string => `
CREATE TABLE ops AS
WITH timed AS MATERIALIZED (
  SELECT row_number() OVER ()::INTEGER AS n, o.op, o.node, o.invoke_ms,
         coalesce(o.complete_ms, o.invoke_ms) AS complete_ms,
         coalesce(o.complete_ms, o.invoke_ms) + h.routed_ms AS by_ms,
         CASE WHEN o.outcome IN ('acked', 'refused') THEN o.outcome ELSE 'indeterminate' END AS answer
  FROM operations o JOIN holds h USING (signal)),
paused AS (
  SELECT o.n, min(p.ring_from_ms) AS ring_from_ms, max(p.to_ms) AS to_ms
  FROM timed o JOIN pauses p ON p.node = o.node AND o.invoke_ms <= p.to_ms AND p.from_ms <= o.by_ms
  GROUP BY o.n)
SELECT *, ${ringsBetween("ring_from_ms", "ring_by_ms")} AS rings FROM (
  SELECT o.* EXCLUDE (by_ms), least(o.invoke_ms, p.ring_from_ms) AS ring_from_ms,
         greatest(o.by_ms, p.to_ms) AS ring_by_ms
  FROM timed o LEFT JOIN paused p USING (n))`;

/**
 * The groups of some rows that have more than one row, with their number. Such groups are few, and hashes are cheap to
 * count: whatever shares the hash of its `id`, one of the columns, with another row is a candidate, and only candidates
 * are compared.
 */
const repeats = (rows: string, columns: string): string => `
SELECT ${columns}, count(*) AS n FROM ${rows}
WHERE hash(id) IN (SELECT hash(id) FROM ${rows} GROUP BY ALL HAVING count(*) > 1)
GROUP BY ${columns} HAVING count(*) > 1`;

/**
 * Items in more than one operation; most are in one, and nothing of theirs need be put together. Such an item is acked
 * when one of its operations was; its sends span first to last. It gets an operation of its own that stands for all.
 */
const resends = ({ ringsBetween }: Classification): readonly string[] => [
  `CREATE OR REPLACE TEMP TABLE resends AS
   WITH resent AS (${repeats("shard_attempts", "signal, id")}),
   again AS (
     SELECT a.signal, a.id, any_value(a.key) AS key, any_value(a.digest) AS digest, any_value(a.class) AS class,
            min(a.start_ms) AS start_ms, max(a.end_ms) AS end_ms, bool_or(a.error) AS error,
            string_agg(DISTINCT o.node, ',' ORDER BY o.node) AS node,
            min(o.invoke_ms) AS invoke_ms, max(o.complete_ms) AS complete_ms,
            CASE WHEN bool_or(o.answer = 'acked') THEN 'acked'
                 WHEN bool_and(o.answer = 'refused') THEN 'refused' ELSE 'indeterminate' END AS answer,
            min(o.ring_from_ms) AS ring_from_ms, max(o.ring_by_ms) AS ring_by_ms
     FROM shard_attempts a SEMI JOIN resent USING (signal, id) JOIN ops o ON o.n = a.op
     GROUP BY a.signal, a.id)
   SELECT ((SELECT max(n) FROM ops) + row_number() OVER ())::INTEGER AS op, *,
          ${ringsBetween("ring_from_ms", "ring_by_ms")} AS rings
   FROM again`,
  `INSERT INTO ops BY NAME
   SELECT op AS n, node, invoke_ms, complete_ms, answer, ring_from_ms, ring_by_ms, rings FROM resends`,
];

/** Each item once, with the one operation that it was in or that stands for all. */
const SENDS = `
CREATE OR REPLACE TEMP VIEW sends AS
SELECT a.*, o.node AS nodes, o.invoke_ms, o.complete_ms, o.answer, o.rings FROM (
  FROM shard_attempts ANTI JOIN resends USING (signal, id)
  UNION ALL BY NAME SELECT op, signal, id, key, digest, class, start_ms, end_ms, error FROM resends) a
JOIN ops o ON o.n = a.op`;

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
SELECT signal, key, class, spans, start_ms, end_ms, invoke_ms, complete_ms, first_rings, last_rings,
       fate // 2 AS position, fate % 2 = 1 AS hash_kept,
       CASE WHEN signal <> 'traces' THEN 'yes'
            WHEN ${String(mayDropMore)} THEN 'uncertain'
            WHEN hash_kept OR certain THEN 'yes'
            WHEN possible THEN 'uncertain'
            ELSE '${mayKeepMore ? "uncertain" : "no"}' END AS kept
FROM (
  SELECT *, fate(signal, key) AS fate FROM (
    SELECT signal, key, any_value(class) AS class, count(*) AS spans, min(start_ms) AS start_ms,
           max(end_ms) AS end_ms, min(invoke_ms) AS invoke_ms, max(complete_ms) AS complete_ms,
           min(rings) AS first_rings, max(rings) AS last_rings,
           ${inTime(`min(complete_ms) FILTER (${error} AND answer = 'acked')`)}
             OR (${slow(acked)} AND ${inTime(`max(complete_ms) ${acked}`)}) AS certain,
           bool_or(${error} AND answer <> 'refused') OR ${slow("FILTER (answer <> 'refused')")} AS possible
    FROM sends GROUP BY signal, key))`;
};

/** Owners under every ring that an agent could have when it routed the item: few answers, asked once each. */
const OWNERS = `
INSERT INTO owner_lists
SELECT rings, position, nullif(owners_of(rings, position::VARCHAR), '') AS owners FROM (
  SELECT first_rings AS rings, position FROM shard_keys
  UNION SELECT last_rings, position FROM shard_keys
  UNION SELECT s.rings, k.position FROM sends s
    JOIN shard_keys k ON k.signal = s.signal AND k.key = s.key AND k.first_rings <> k.last_rings)
ANTI JOIN owner_lists USING (rings, position)`;

/** Items that were received more than once, by run. */
const REPEATED = `
CREATE OR REPLACE TEMP TABLE repeated AS ${repeats("shard_receipts", "signal, id, run")}`;

const again = (runId: string): string => `
CREATE OR REPLACE TEMP TABLE arrived_again AS
SELECT r.signal, r.id, count(*) AS receipts, min(r.at_ms) AS received_ms,
       string_agg(DISTINCT r.peer, ',' ORDER BY r.peer) AS peers,
       bool_or(r.digest <> s.digest) AS altered, bool_or(r.key <> s.key) AS rekeyed,
       bool_or(NOT list_contains(string_split(s.nodes, ','), r.node)) AS misstamped
FROM (SELECT * FROM shard_receipts SEMI JOIN repeated USING (signal, id)) r
JOIN sends s ON s.signal = r.signal AND s.id = r.id
WHERE r.run = ${literal(runId)} GROUP BY r.signal, r.id`;

/**
 * What was not yet due when its backend's journal was cut may still have arrived: nobody can say. Digests and keys go
 * through the join as hashes, which are quicker to carry than texts and only have to be equal.
 */
const outcomes = (runId: string, audit: AuditSql): string => `
WITH once AS (
  SELECT signal, id, at_ms, peer, hash(digest) AS digest, hash(key) AS key, node
  FROM shard_receipts ANTI JOIN repeated USING (signal, id, run) WHERE run = ${literal(runId)}),
joined AS (
  SELECT s.* EXCLUDE (digest, nodes, rings), coalesce(m.receipts, CASE WHEN o.id IS NULL THEN 0 ELSE 1 END) AS receipts,
         coalesce(m.received_ms, o.at_ms) AS received_ms,
         ${audit.columns("coalesce(m.peers, o.peer)")},
         coalesce(m.altered, o.digest <> hash(s.digest), false) AS altered,
         coalesce(m.rekeyed, o.key <> hash(s.key), false) AS rekeyed,
         coalesce(m.misstamped, CASE WHEN o.id IS NULL THEN false WHEN o.node = s.nodes THEN contains(o.node, ',')
           ELSE NOT list_contains(string_split(s.nodes, ','), o.node) END) AS misstamped,
         w.owners, k.rowid AS key_row, k.kept, k.position, k.hash_kept,
         due_ms(s.signal, s.invoke_ms, s.complete_ms + h.hold_ms) > h.cut_ms AS early
  FROM sends s
  JOIN holds h ON h.signal = s.signal
  JOIN shard_keys k ON k.signal = s.signal AND k.key = s.key
  LEFT JOIN owner_lists w ON w.rings = s.rings AND w.position = k.position
  LEFT JOIN once o ON o.signal = s.signal AND o.id = s.id
  LEFT JOIN arrived_again m ON m.signal = s.signal AND m.id = s.id
  ${audit.join})
SELECT * EXCLUDE (invoke_ms, complete_ms, answer, early),
       CASE WHEN owners IS NULL OR peers IS NULL OR peers = owners THEN false
            ELSE NOT list_has_all(string_split(owners, ','), string_split(peers, ',')) END AS misrouted,
       CASE WHEN answer <> 'acked' THEN 'not-acked'
            WHEN kept = 'uncertain' THEN 'undecidable'
            WHEN kept = 'yes' AND receipts > 0 THEN 'delivered'
            WHEN kept = 'yes' AND early THEN 'undecidable'
            WHEN kept = 'yes' THEN 'lost'
            WHEN receipts > 0 THEN 'leaked' ELSE 'sampled-out' END AS state
FROM joined`;

/**
 * Whether every receipt of the shard is of an item of the shard, so that none is a stray, and whether no item was lost,
 * so that nothing need be explained.
 */
export const STATED = `
SELECT (SELECT coalesce(sum(n), 0) FROM arrived) = coalesce(sum(receipts), 0) AS known,
       coalesce(bool_and(state <> 'lost'), true) AS whole FROM states`;

/** What this run never sent, an earlier run with the same IDs included: what no item of the shard explains. */
export const strays = (shard: number, runId: string): string => `
INSERT INTO strays
SELECT r.*, ${String(shard)} AS shard FROM shard_receipts r
LEFT JOIN sends s ON s.signal = r.signal AND s.id = r.id
WHERE s.id IS NULL OR r.run IS DISTINCT FROM ${literal(runId)}`;

/** What became of every item of the shard, but for why it was lost. */
export const classification = (shard: number, options: Classification): readonly string[] => [
  ...resends(options),
  SENDS,
  keys(options),
  OWNERS,
  REPEATED,
  again(options.runId),
  ...(options.audited ? audits(options.runId) : []),
  "CREATE OR REPLACE TEMP TABLE arrived AS SELECT signal, count(*) AS n FROM shard_receipts GROUP BY signal",
  `DELETE FROM strays WHERE shard = ${String(shard)}`,
];

/** What is kept of the shard's items: all but what their operations say, and why they were lost. */
export const items = ({ runId, audited }: Classification): string =>
  outcomes(runId, audited ? WITH_AUDIT : NO_AUDIT);

/** Of some rows of `items`, with what their operations say. */
const withOps = (rows: string): string =>
  `SELECT i.*, o.node AS nodes, o.answer, o.invoke_ms, o.complete_ms FROM ${rows} i JOIN ops o ON o.n = i.op`;

/** The items of a shard that have been kept. */
export const states = (shard: number): string =>
  `CREATE OR REPLACE TEMP VIEW states AS ${withOps(`items_${String(shard)}`)}`;

/**
 * What is kept of the shard's keys: with what all items of a key have in common, so that no invariant need group all
 * items anew. `gateways` is every gateway that one of them was seen at.
 */
export const KEYS = `
WITH seen AS (
  SELECT key_row, bool_or(receipts > 0) AS arrived, bool_or(answer = 'acked') AS taken,
         bool_or(state = 'delivered') AS delivered, bool_or(state = 'lost') AS lost, bool_or(misrouted) AS misrouted,
         bool_and(state IN ('delivered', 'sampled-out', 'not-acked')) AS as_predicted,
         bool_and(coalesce(NOT contains(owners, ','), false)) AS one_owner,
         min(peers) AS first_peers, max(peers) AS last_peers
  FROM states GROUP BY key_row),
parted AS (
  SELECT key_row, string_agg(DISTINCT peer, ',' ORDER BY peer) AS gateways FROM (
    SELECT key_row, unnest(string_split(peers, ',')) AS peer FROM states
    SEMI JOIN (FROM seen WHERE first_peers <> last_peers OR contains(first_peers, ',')) USING (key_row))
  GROUP BY key_row)
SELECT k.* EXCLUDE (first_rings, last_rings), s.* EXCLUDE (key_row, first_peers, last_peers),
       coalesce(p.gateways, s.first_peers) AS gateways
FROM shard_keys k JOIN seen s ON s.key_row = k.rowid LEFT JOIN parted p ON p.key_row = s.key_row`;

/** Counts the distinct receipts of the shard from nothing but receipts, so that the books can fail to balance. */
export const countReceived = (shard: number): readonly string[] => [
  `DELETE FROM received WHERE shard = ${String(shard)}`,
  `INSERT INTO received
   SELECT ${String(shard)}, signal, sum(n) FROM (
     FROM arrived UNION ALL SELECT signal, -sum(n - 1) FROM repeated GROUP BY signal
     UNION ALL SELECT signal, -count(DISTINCT (id, run)) FROM strays WHERE shard = ${String(shard)} GROUP BY signal)
   GROUP BY signal`,
];

/** Tables that all shards add to. */
export const SHARED: readonly string[] = [
  "CREATE TABLE owner_lists (rings VARCHAR, position INTEGER, owners VARCHAR)",
  `CREATE TABLE explained (shard INTEGER, signal VARCHAR, id VARCHAR, place VARCHAR, rule VARCHAR,
     rule_name VARCHAR)`,
  `CREATE TABLE strays AS SELECT *, 0 AS shard FROM (${RECEIPTS}) LIMIT 0`,
  `CREATE TABLE moved AS SELECT *, 0 AS home FROM (${RECEIPTS}) LIMIT 0`,
  "CREATE TABLE received (shard INTEGER, signal VARCHAR, items BIGINT)",
];

/**
 * The classification of every item and what it rests on, as invariants and reports read it. `all_items` is `items` with
 * texts for lists, which is cheaper to read whole.
 */
export const views = (shards: number, { audited }: Classification): readonly string[] => {
  const { place, seen } = audited ? WITH_AUDIT : NO_AUDIT;
  const all = (table: string): string =>
    Array.from({ length: shards }, (_, shard) => `FROM ${table}_${String(shard)}`).join(
      " UNION ALL ",
    );
  return [
    `CREATE VIEW all_states AS ${withOps(`(${all("items")})`)}`,
    // Few items are lost, and only those are looked up.
    `CREATE VIEW all_items AS
     SELECT *, NULL::VARCHAR AS place, ${seen} AS seen, NULL::VARCHAR AS rule, NULL::VARCHAR AS rule_name
     FROM all_states WHERE state <> 'lost'
     UNION ALL BY NAME
     SELECT s.*, coalesce(e.place, ${place}) AS place, ${seen} AS seen, e.rule, e.rule_name
     FROM all_states s LEFT JOIN explained e ON e.signal = s.signal AND e.id = s.id WHERE s.state = 'lost'`,
    `CREATE VIEW items AS SELECT * REPLACE (${["nodes", "peers", "audited", "owners"]
      .map((column) => `${listOf(column)} AS ${column}`)
      .join(", ")}) FROM all_items`,
    `CREATE VIEW all_keys AS ${all("keys")}`,
    "CREATE VIEW keys AS SELECT signal, key, position, hash_kept FROM all_keys",
    "CREATE VIEW traces AS SELECT * EXCLUDE (position) FROM all_keys WHERE signal = 'traces'",
    `CREATE VIEW key_owners AS
     WITH possible AS (
       SELECT k.signal, k.key, k.position, r.ring FROM all_keys k JOIN holds h USING (signal)
       JOIN rings r ON r.from_ms < k.complete_ms + h.routed_ms AND k.invoke_ms < r.to_ms),
     owned AS (
       SELECT ring, position, owners_of(ring::INTEGER::VARCHAR, position::VARCHAR) AS ip
       FROM (SELECT DISTINCT ring, position FROM possible))
     SELECT signal, key, ring, ip FROM possible JOIN owned USING (ring, position)`,
    `CREATE VIEW report_items AS
     SELECT signal, id, key, class, error, position::INTEGER AS position, state, place, rule,
            invoke_ms AS sent_ms, received_ms,
            array_to_string(list_transform(owners, ip -> coalesce(gateways.pods[ip], ip)), ',') AS owners
     FROM items CROSS JOIN (
       SELECT coalesce(map_from_entries(list((ip, pod))), MAP {}) AS pods FROM (
         SELECT ip, arg_max(pod, at_ms) AS pod FROM topology
         WHERE source = 'pod' AND tier = 'gateway' AND ip <> '' GROUP BY ip)) gateways`,
  ];
};
