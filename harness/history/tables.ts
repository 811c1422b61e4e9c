/**
 * The tables of a sealed history, one Parquet file each, and how each is read from the observers' NDJSON.
 * Columns that end in `_ms` are times: Unix milliseconds with a fraction, on the clock of the machine.
 */

export interface Table {
  readonly name: string;
  /** What one row is. */
  readonly row: string;
  /** Column -> what it holds. */
  readonly columns: Readonly<Record<string, string>>;
}

const IDENTITY = {
  signal: "traces, metrics or logs",
  id: "span ID; attribute chaos.id of a metric point or log record",
  key: "what the item is routed by: trace ID, or service.name for a metric point",
};

const RECEIPT = {
  seq: "line of its journal",
  at_ms: "written before the answer",
  peer: "address that the request came from: the gateway pod's IP",
  protocol: "grpc or http",
  ...IDENTITY,
  digest: "digest of the payload as received",
  node: "resource attribute k8s.node.name, the agent's stamp; empty when missing",
  run: "resource attribute chaos.run; empty when missing",
};

export const TABLES = {
  operations: {
    name: "operations",
    row: "an export request of the generator",
    columns: {
      op: "name of the operation",
      signal: IDENTITY.signal,
      node: "Kubernetes node whose agent got the request",
      endpoint: "address of that agent",
      invoke_ms: "written before the request left",
      complete_ms: "written after the answer; null when there was none",
      outcome: "acked, refused or indeterminate; without an answer: indeterminate",
      code: "gRPC status code, 0 = OK; null when there was no answer",
      message: "what the answer said",
      items: "how many items the request held",
    },
  },
  attempts: {
    name: "attempts",
    row: "an item in an export request; an item that is sent again has a row for each send",
    columns: {
      op: "the operation",
      ...IDENTITY,
      digest: "digest of the payload as sent",
      class: "trace class of the plan; spans only",
      start_ms: "start of the span",
      end_ms: "end of the span",
      error: "whether the span has status ERROR",
    },
  },
  receipts: {
    name: "receipts",
    row: "an item in an export request that a backend got",
    columns: {
      source: "the backend: tempo, mimir or loki",
      ...RECEIPT,
    },
  },
  audit_receipts: {
    name: "audit_receipts",
    row: "an item that a gateway got, before sampling, as the audit had it from there; audited runs only",
    columns: { source: "audit", ...RECEIPT },
  },
  treatments: {
    name: "treatments",
    row: "an item in a request that a backend under a fault did not take, took late, or took without an answer",
    columns: {
      source: "the backend",
      seq: "line of its journal",
      at_ms: "written before it was done",
      did: "refused, rejected, ignored, delayed or reset",
      code: "gRPC status code of the answer; null without one",
      retry_after_ms: "when the answer says to try again; null when it does not",
      peer: RECEIPT.peer,
      ...IDENTITY,
    },
  },
  journal: {
    name: "journal",
    row: "a line of an observer's journal",
    columns: {
      source: "generator, tempo, mimir, loki or audit",
      seq: "counts from 0 over the life of the file; null for a line that cannot be read",
      boot: "the process that wrote it",
      k: "kind of line",
      at_ms: "when it was written",
      run: "run of an open line; null otherwise",
    },
  },
  topology: {
    name: "topology",
    row: "a change of a pod or of an EndpointSlice endpoint",
    columns: {
      at_ms: "when the watch saw it",
      source: "pod or endpoint",
      change: "added, modified or deleted",
      pod: "pod name",
      uid: "pod UID",
      tier: "agent, gateway or observer",
      ip: "pod address",
      node: "Kubernetes node",
      ready: "whether it is ready",
      terminating: "whether it is being deleted",
      restarts: "restarts of its containers; 0 for endpoints",
      service: "Service of the endpoint; empty for pods",
      disruption: "reason of a pod's condition DisruptionTarget; empty when none",
    },
  },
  faults: {
    name: "faults",
    row: "a step in the life of a scheduled fault",
    columns: {
      at_ms: "when the step happened",
      fault: "index into the scenario's faults",
      spec: "the fault as JSON",
      step: "injecting, injected, proven, not-proven, healed or heal-failed",
      targets: "what it hit, as a JSON array of kind, name, uid, ip",
      proof: "what shows it",
    },
  },
  phases: {
    name: "phases",
    row: "a phase of the run",
    columns: { at_ms: "when it began", phase: "its name" },
  },
  self_telemetry: {
    name: "self_telemetry",
    row: "a sample of a collector's own metrics",
    columns: {
      at_ms: "when it was scraped",
      pod: "pod name",
      tier: "agent or gateway",
      metric: "metric name",
      labels: "label pairs, sorted; empty when none",
      value: "the value in the metric's own unit",
    },
  },
} as const satisfies Record<string, Table>;

/** Tables that histories recorded before lack, and the query of no rows that stands for each. */
export const LATER_TABLES: Readonly<Partial<Record<string, string>>> = {
  audit_receipts: "SELECT * FROM receipts WHERE false",
  treatments: `SELECT source, seq, at_ms, NULL::VARCHAR AS did, NULL::INTEGER AS code,
    NULL::DOUBLE AS retry_after_ms, peer, signal, id, key FROM receipts WHERE false`,
};
/** Columns that histories recorded before lack; there they are null. */
export const LATER_COLUMNS: Readonly<Partial<Record<string, readonly string[]>>> = {
  topology: ["disruption"],
};

export type TableName = keyof typeof TABLES;

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];
