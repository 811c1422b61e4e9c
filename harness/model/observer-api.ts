/**
 * The control API of the observer pods, HTTP and JSON on port 8080:
 *   GET  /healthz             200 when ready
 *   GET  /status              GeneratorStatus or BackendStatus
 *   POST /load                LoadOrder -> 202; generator only; a second order while one runs: 409
 *   POST /stop                generator only: begin nothing new; what is due later than spreadTraceOverMs from
 *                             now (late spans of long traces) stays unsent; 202
 *   POST /surge               SurgeOrder -> 202; generator only: more traces beside the load that is being sent; 409
 *                             without one
 *   POST /surge/stop          generator only: as /stop, for surges alone; 202
 *   PUT  /behaviour           Behaviour -> 204 when it is in force; backends only
 *   POST /lookup              LookupOrder -> LookupAnswer: what the cluster's DNS tells this pod
 *   GET  /journal?bytes=N     the first N bytes of the journal (all when N is absent), NDJSON
 *   GET  /journal/manifest    JournalManifest, at this moment
 */
import type { Behaviour } from "./behaviour.js";
import type { WorkloadSpec } from "./scenario.js";
import type { Signal } from "./signal.js";

export const CONTROL_PORT = 8080;

/** What the sampling part of a plan must know to make its trace classes. */
export interface SamplingFacts {
  /** Percentage of the probabilistic policy, 0 to 100. */
  readonly percentage: number;
  /** Its hash_salt, the collector's default when the configuration has none. */
  readonly salt: string;
  readonly latencyThresholdMs: number;
  readonly decisionWaitMs: number;
}

/** One load: what to send, where, and for how long. */
export interface LoadOrder {
  readonly runId: string;
  /** Decimal text of an unsigned 64-bit number. */
  readonly seed: string;
  readonly workload: WorkloadSpec;
  readonly sampling: SamplingFacts;
  /** OTLP/gRPC endpoints of the agents, `ip:port`, by node name. At least two; a surge may be for one. */
  readonly agents: readonly { readonly node: string; readonly endpoint: string }[];
  /** New traces start for this long; sends end a little later. POST /stop ends it earlier. */
  readonly durationMs: number;
  /** Stream of the seed that the plan draws from; a load beside another needs its own. Default `workload`. */
  readonly stream?: string | undefined;
}

/** More traces beside a load that is under way: planned from its own stream of the load's seed. */
export interface SurgeOrder {
  readonly stream: string;
  readonly tracesPerSecond: number;
  readonly durationMs: number;
  /** Through the agents of these nodes alone; through all of the load's when absent. */
  readonly nodes?: readonly string[] | undefined;
}

export interface GeneratorStatus {
  readonly boot: string;
  readonly state: "idle" | "sending" | "draining" | "done";
  readonly startedTraces: number;
  readonly operations: { acked: number; refused: number; indeterminate: number; inFlight: number };
  /** Items attempted and acked so far. */
  readonly attempted: Readonly<Record<Signal, number>>;
  readonly acked: Readonly<Record<Signal, number>>;
  /** Furthest that a send lagged behind its planned time. */
  readonly maxLagMs: number;
}

export interface BackendStatus {
  readonly boot: string;
  readonly received: Readonly<Record<Signal, number>>;
  /** 0 when nothing was received yet. */
  readonly lastReceiptMs: number;
  readonly behaviour: Behaviour["kind"];
  /** Whether its OTLP ports take connections. */
  readonly listening: boolean;
  /** What faults made it treat otherwise than usual, since it started. */
  readonly treated: { readonly requests: number; readonly items: number };
}

export interface LookupOrder {
  /** Fully qualified. */
  readonly host: string;
}
/** IPv4 addresses, sorted, or why there are none. */
export type LookupAnswer = { readonly addresses: readonly string[] } | { readonly error: string };

/** A consistent cut of a journal: its first `bytes` bytes hash to `sha256` and hold `lines` lines. */
export interface JournalManifest {
  readonly bytes: number;
  readonly lines: number;
  readonly sha256: string;
  readonly boots: readonly string[];
}
