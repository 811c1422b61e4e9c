/** The SQL that turns NDJSON into the tables: fixed text, which reads its input from fixed view names. */
import { AUDIT } from "../model/signal.js";
import type { TableName } from "./tables.js";

/** Every field that any journal line has; what a line lacks is null. Lines that cannot be read: all null. */
export const JOURNAL_COLUMNS = {
  seq: "BIGINT",
  boot: "VARCHAR",
  atMs: "DOUBLE",
  k: "VARCHAR",
  runId: "VARCHAR",
  op: "VARCHAR",
  signal: "VARCHAR",
  node: "VARCHAR",
  endpoint: "VARCHAR",
  outcome: "VARCHAR",
  code: "INTEGER",
  message: "VARCHAR",
  peer: "VARCHAR",
  protocol: "VARCHAR",
  did: "VARCHAR",
  retryAfterMs: "DOUBLE",
  items:
    'STRUCT(id VARCHAR, "key" VARCHAR, digest VARCHAR, "class" VARCHAR, startMs DOUBLE, endMs DOUBLE,' +
    " error BOOLEAN, node VARCHAR, run VARCHAR)[]",
} as const;

/** What the harness records itself, by the name of the view that it is read through. */
export const RECORD_COLUMNS = {
  topology_events: {
    atMs: "DOUBLE",
    source: "VARCHAR",
    change: "VARCHAR",
    pod: "VARCHAR",
    uid: "VARCHAR",
    tier: "VARCHAR",
    ip: "VARCHAR",
    node: "VARCHAR",
    ready: "BOOLEAN",
    terminating: "BOOLEAN",
    restarts: "INTEGER",
    service: "VARCHAR",
    disruption: "VARCHAR",
  },
  fault_events: {
    atMs: "DOUBLE",
    fault: "INTEGER",
    spec: "JSON",
    step: "VARCHAR",
    targets: "JSON",
    proof: "VARCHAR",
  },
  phase_events: { atMs: "DOUBLE", phase: "VARCHAR" },
  self_telemetry_samples: {
    atMs: "DOUBLE",
    pod: "VARCHAR",
    tier: "VARCHAR",
    metric: "VARCHAR",
    labels: "VARCHAR",
    value: "DOUBLE",
  },
} as const;

/** What the audit got is no delivery: it has a table of its own, with the same columns. */
const receipts = (isAudit: "=" | "<>"): string => `
    SELECT source, seq, at_ms, peer, protocol, signal, item.id, item."key", item.digest, item.node, item.run
    FROM (
      SELECT source, seq, atMs AS at_ms, peer, protocol, signal, unnest(items) AS item
      FROM all_lines WHERE k = 'receipt' AND source ${isAudit} '${AUDIT}'
    )`;

/**
 * `generator_lines` is the generator's journal; `all_lines` all journals with their `source`. Receipts and
 * attempts keep the order of the journal, which makes the files small and quick to read.
 */
export const CONVERSIONS: Record<TableName, string> = {
  operations: `
    SELECT i.op, i.signal, i.node, i.endpoint, i.atMs AS invoke_ms, c.atMs AS complete_ms,
      coalesce(c.outcome, 'indeterminate') AS outcome, c.code, c.message, len(i.items) AS items
    FROM generator_lines i
    LEFT JOIN (
      SELECT op, min(atMs) AS atMs, arg_min(outcome, seq) AS outcome, arg_min(code, seq) AS code,
        arg_min(message, seq) AS message
      FROM generator_lines WHERE k = 'complete' GROUP BY op
    ) c USING (op)
    WHERE i.k = 'invoke'
    ORDER BY i.seq`,
  attempts: `
    SELECT op, signal, item.id, item."key", item.digest, item."class", item.startMs AS start_ms,
      item.endMs AS end_ms, item.error
    FROM (SELECT op, signal, unnest(items) AS item FROM generator_lines WHERE k = 'invoke')`,
  receipts: receipts("<>"),
  audit_receipts: receipts("="),
  treatments: `
    SELECT source, seq, at_ms, did, code, retry_after_ms, peer, signal, item.id, item."key"
    FROM (
      SELECT source, seq, atMs AS at_ms, did, code, retryAfterMs AS retry_after_ms, peer, signal,
        unnest(items) AS item
      FROM all_lines WHERE k = 'treatment'
    )`,
  journal: "SELECT source, seq, boot, k, atMs AS at_ms, runId AS run FROM all_lines",
  topology: `
    SELECT atMs AS at_ms, source, change, pod, uid, tier, ip, node, ready, terminating, restarts, service,
      disruption
    FROM topology_events ORDER BY atMs`,
  faults: "SELECT atMs AS at_ms, fault, spec, step, targets, proof FROM fault_events ORDER BY atMs",
  phases: "SELECT atMs AS at_ms, phase FROM phase_events ORDER BY atMs",
  self_telemetry: `
    SELECT atMs AS at_ms, pod, tier, metric, labels, value FROM self_telemetry_samples`,
};
