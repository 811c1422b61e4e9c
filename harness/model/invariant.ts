/** Invariants as data (what a scenario may demand) and the result of judging one. */
import type { Verdict } from "./verdict.js";

/** Nothing acknowledged and expected at a backend is missing, but for loss that the configuration allows. */
export interface ZeroLoss {
  readonly kind: "zero-loss";
  /** The largest share of expected items, 0 to 1, that may be lost inside explained-loss windows. 0 = strict. */
  readonly explainedBudget: number;
}
/** Within an epoch a trace goes to exactly the predicted gateway; across a change only to possible owners. */
export interface TraceAffinity {
  readonly kind: "trace-affinity";
}
/** Each trace is kept or dropped as the sampling policies say; one that must be dropped and arrives is leaked. */
export interface SamplingExact {
  readonly kind: "sampling-exact";
}
/** Received items are as they were sent, and bear the stamp of the node that they were sent to. */
export interface Integrity {
  readonly kind: "integrity";
}
/** Delivered items arrive at most this long after they are due: their agent's answer and the usual hold. */
export interface Freshness {
  readonly kind: "freshness";
  readonly limitMs: number;
}
/** The collectors' own counters agree with what was acknowledged and received. */
export interface CountersAgree {
  readonly kind: "counters-agree";
}
/** Each agent's own number of gateways follows the gateways of the cluster within the routing lag. */
export interface ReResolution {
  readonly kind: "re-resolution";
}
/** While a gateway is dead, agents deliver to the others within the usual hold and the limit. */
export interface NoStall {
  readonly kind: "no-stall";
  readonly limitMs: number;
}
/** Traces come from each gateway in the share that the ring gives it, and no gateway owns too many. */
export interface Spread {
  readonly kind: "spread";
  /** Traces that a set of gateways must have had to itself. */
  readonly minTraces: number;
  /** Largest load of a gateway, in fair shares: 1 = as many traces as every other. */
  readonly limit: number;
}
/** Evictions leave as many gateways ready as the PodDisruptionBudget demands. */
export interface DisruptionBudget {
  readonly kind: "disruption-budget";
}
/** The number of gateways keeps the autoscaler's bounds and changes no faster than its policies allow. */
export interface HpaPolicy {
  readonly kind: "hpa-policy";
}
/** Backends received nothing that this run did not send. */
export interface NothingUnexpected {
  readonly kind: "nothing-unexpected";
}
/** Items that arrived more than once: at-least-once allows them, a share above the limit fails. */
export interface Duplicates {
  readonly kind: "duplicates";
  /** Largest share of received items, 0 to 1, that may be repeats. */
  readonly limit: number;
}
/** After each fault, delivery is whole again within the limit. */
export interface RecoveryTime {
  readonly kind: "recovery-time";
  readonly limitMs: number;
}
/** Before any fault, owner and sampling decision were predicted for every trace. Added to every run. */
export interface Calibration {
  readonly kind: "calibration";
  readonly minTraces: number;
}
/** Each scheduled fault happened, with proof. Added to every run. */
export interface FaultsProven {
  readonly kind: "faults-proven";
}
/** The record is whole: journals without gaps, observers not restarted, the system quiesced. Added to every run. */
export interface HistoryComplete {
  readonly kind: "history-complete";
}

export type InvariantSpec =
  | ZeroLoss
  | TraceAffinity
  | SamplingExact
  | Integrity
  | Freshness
  | CountersAgree
  | ReResolution
  | NoStall
  | Spread
  | DisruptionBudget
  | HpaPolicy
  | NothingUnexpected
  | Duplicates
  | RecoveryTime
  | Calibration
  | FaultsProven
  | HistoryComplete;
export type InvariantKind = InvariantSpec["kind"];

/** `explained: "budget"` allows the share that the guide's design must lose to one dead gateway of three. */
export const zeroLoss = (options: { explained: "budget" | "strict" | number }): ZeroLoss => ({
  kind: "zero-loss",
  explainedBudget:
    options.explained === "strict" ? 0 : options.explained === "budget" ? 0.2 : options.explained,
});
export const traceAffinity = (): TraceAffinity => ({ kind: "trace-affinity" });
export const samplingExact = (): SamplingExact => ({ kind: "sampling-exact" });
export const integrity = (): Integrity => ({ kind: "integrity" });
export const freshWithin = (limitMs: number): Freshness => ({ kind: "freshness", limitMs });
export const countersAgree = (): CountersAgree => ({ kind: "counters-agree" });
export const reResolution = (): ReResolution => ({ kind: "re-resolution" });
export const noStallBeyond = (limitMs: number): NoStall => ({ kind: "no-stall", limitMs });
export const spread = (options: { minTraces?: number; limit?: number } = {}): Spread => ({
  kind: "spread",
  minTraces: options.minTraces ?? 1_000,
  limit: options.limit ?? 2,
});
export const disruptionBudget = (): DisruptionBudget => ({ kind: "disruption-budget" });
export const hpaPolicy = (): HpaPolicy => ({ kind: "hpa-policy" });
export const nothingUnexpected = (): NothingUnexpected => ({ kind: "nothing-unexpected" });
export const duplicates = (options: { limit: number } = { limit: 0.05 }): Duplicates => ({
  kind: "duplicates",
  limit: options.limit,
});
export const recoversWithin = (limitMs: number): RecoveryTime => ({
  kind: "recovery-time",
  limitMs,
});

/**
 * What a scenario on the guide's design asks whatever happens: nothing is lost beyond the budget, nothing goes astray,
 * is sampled wrongly, altered or invented, and little comes twice. `explained` as for zeroLoss, `duplicates` as a
 * share.
 */
export const delivery = (options: {
  explained: "budget" | "strict" | number;
  duplicates?: number;
}): readonly InvariantSpec[] => [
  zeroLoss(options),
  traceAffinity(),
  samplingExact(),
  integrity(),
  nothingUnexpected(),
  options.duplicates === undefined ? duplicates() : duplicates({ limit: options.duplicates }),
];

/** Rows that a reader can check: the evidence of an invariant. At most `rows.length` of `total` are shown. */
export interface Evidence {
  readonly columns: string[];
  readonly rows: (string | number | boolean | null)[][];
  readonly total: number;
}

export interface InvariantResult {
  readonly kind: InvariantKind;
  /** The property in one sentence. */
  readonly property: string;
  readonly verdict: Verdict;
  /** What was allowed, for people: `0 unexplained, at most 20 % explained`. */
  readonly limit: string;
  /** What was seen, in the same words. */
  readonly actual: string;
  /** The cause in one sentence. */
  readonly reason: string;
  readonly evidence: Evidence;
}
