/** The three kinds of telemetry and the one thing that we count of each. */
export const SIGNALS = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof SIGNALS)[number];

/** What one counted item of a signal is called in reports. */
export const ITEM_NAME: Record<Signal, { one: string; many: string }> = {
  traces: { one: "span", many: "spans" },
  metrics: { one: "metric point", many: "metric points" },
  logs: { one: "log record", many: "log records" },
};

/** The stand-ins for the guide's backends; each takes one signal of the deployment. */
export const BACKENDS = ["tempo", "mimir", "loki"] as const;
export type BackendName = (typeof BACKENDS)[number];

export const BACKEND_OF_SIGNAL: Record<Signal, BackendName> = {
  traces: "tempo",
  metrics: "mimir",
  logs: "loki",
};

/** The observer of an audited run: gets every signal from the gateways, unsampled. No item is delivered there. */
export const AUDIT = "audit" as const;

/** Every observer that takes OTLP. */
export const SINKS = [...BACKENDS, AUDIT] as const;
export type SinkName = (typeof SINKS)[number];

/** How a planned trace is made, and so what it can prove. The oracle, not the class, decides if it is kept. */
export const TRACE_CLASSES = [
  /** The sampling hash keeps it; no error, fast. Shows loss. */
  "hash-kept",
  /** The sampling hash drops it; no error, fast. Shows leaks. */
  "hash-dropped",
  /** Error on every span, hash says drop. Shows loss without the affinity effect. */
  "error-all",
  /** Error on the last span only, sent through another agent. Shows broken affinity as a torn trace. */
  "error-last",
  /** Slow only as the union of spans sent through two agents. Shows affinity and the latency policy. */
  "slow-union",
  /** The last span is sent after decision_wait. Shows the late-span rule. */
  "long",
] as const;
export type TraceClass = (typeof TRACE_CLASSES)[number];
