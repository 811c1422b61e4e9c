/** What the harness itself records during a run; together with the observers' journals it is the history. */
import type { FaultSpec } from "./fault.js";

/** A gateway or agent pod, or an EndpointSlice endpoint, as the watch saw it change. */
export interface TopologyEvent {
  readonly atMs: number;
  readonly source: "pod" | "endpoint";
  readonly change: "added" | "modified" | "deleted";
  /** Pod name; for endpoints the targetRef's name. */
  readonly pod: string;
  readonly uid: string;
  /** `agent`, `gateway` or `observer`; endpoints are always `gateway`. */
  readonly tier: "agent" | "gateway" | "observer";
  readonly ip: string;
  readonly node: string;
  readonly ready: boolean;
  readonly terminating: boolean;
  /** Sum over the pod's containers. 0 for endpoints. */
  readonly restarts: number;
  /** Service that an endpoint belongs to; empty for pods. */
  readonly service: string;
  /**
   * Reason of the pod's condition DisruptionTarget, such as EvictionByEvictionAPI; empty without one and for
   * endpoints. Null in a history that was recorded before this was.
   */
  readonly disruption: string | null;
}

/**
 * A time in which the watch saw nothing, until it had listed anew. What changed meanwhile bears a time within it, at
 * its end.
 */
export interface TopologyGap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A step in the life of one scheduled fault. */
export interface FaultEvent {
  readonly atMs: number;
  /** Index into the scenario's faults. */
  readonly fault: number;
  readonly spec: FaultSpec;
  readonly step: "injecting" | "injected" | "proven" | "not-proven" | "healed" | "heal-failed";
  readonly targets: readonly FaultTarget[];
  /** What shows it, in one sentence: `UID 7f… is gone, UID 91… is ready`. */
  readonly proof: string;
}
export interface FaultTarget {
  readonly kind: "pod" | "node" | "workload" | "observer" | "service";
  readonly name: string;
  /** Empty for what has none. */
  readonly uid: string;
  readonly ip: string;
}

/** A phase of the run, appended when it begins. */
export interface PhaseEvent {
  readonly atMs: number;
  readonly phase: RunPhase;
}
export const RUN_PHASES = [
  "provision",
  "deploy",
  "calibrate",
  "load",
  "heal",
  "quiesce",
  "collect",
  "judge",
  "report",
  "teardown",
] as const;
export type RunPhase = (typeof RUN_PHASES)[number];

/** How the wait for silence ended. */
export interface QuiesceRecord {
  readonly reached: boolean;
  readonly tookMs: number;
  /** The last observation: `no receipt for 47 s, queues 0`. */
  readonly lastSeen: string;
}

/** One sample of a collector's own metrics (Prometheus text on :8888). */
export interface SelfTelemetrySample {
  readonly atMs: number;
  readonly pod: string;
  readonly tier: "agent" | "gateway";
  readonly metric: string;
  /** Label pairs as `{k="v",…}`, sorted by key; empty when none. */
  readonly labels: string;
  readonly value: number;
}
