/**
 * What the charts and drill-downs of a report need beyond the run record: aggregated, times in
 * Unix ms.
 */
import type { LossPlace } from "../model/accounting.js";
import type { RunRecord } from "../model/run-record.js";
import type { Signal } from "../model/signal.js";

export interface ReportSeries {
  /** Start of bucket 0. Bucket i covers [startMs + i * bucketMs, startMs + (i + 1) * bucketMs). */
  readonly startMs: number;
  readonly bucketMs: number;
  /** Every array of `signals` has this length. */
  readonly buckets: number;
  readonly signals: readonly SignalSeries[];
  readonly delivery: NonNullable<RunRecord["delivery"]>;
  /**
   * The set of gateways that agents may route to, each time that it changes; the first entry is
   * the initial set.
   */
  readonly gatewaySets: readonly GatewaySet[];
  readonly pods: readonly PodLife[];
  readonly traces: readonly TraceOutcomes[];
  readonly lost: LostGroups;
  readonly logs: LogLines;
  /** The manifests that were applied, as one multi-document YAML. */
  readonly renderedYaml: string;
}

/** Items per bucket of one signal. */
export interface SignalSeries {
  readonly signal: Signal;
  /** By the time of the send. */
  readonly sent: readonly number[];
  /** By the time of the send, so that a gap to `sent` is what the agents did not take. */
  readonly acked: readonly number[];
  /** By the time of the receipt, repeats included. */
  readonly received: readonly { readonly gateway: string; readonly counts: readonly number[] }[];
  /** Lost items by the time of their send. */
  readonly lostExplained: readonly number[];
  readonly lostUnexplained: readonly number[];
  /** From send to answer, ms; null where nothing was answered. */
  readonly ackP50Ms: readonly (number | null)[];
  readonly ackP99Ms: readonly (number | null)[];
  /** From first send to first receipt, ms, by the time of the send; null where nothing was delivered. */
  readonly deliveryP50Ms: readonly (number | null)[];
  readonly deliveryP99Ms: readonly (number | null)[];
}

export const TRACE_OUTCOMES = [
  "delivered",
  "sampled out",
  "undecidable",
  "leaked",
  "lost, explained",
  "lost, unexplained",
] as const;
export type TraceOutcome = (typeof TRACE_OUTCOMES)[number];

/** Traces of one outcome; a trace counts as its worst span. The arrays run in parallel. */
export interface TraceOutcomes {
  readonly outcome: TraceOutcome;
  /** How many there are; the arrays hold a fair sample when they are very many. */
  readonly total: number;
  /** Of the first send. */
  readonly sentMs: readonly number[];
  /** On the hash ring, 0 to 35,999. */
  readonly positions: readonly number[];
}

export interface GatewaySet {
  readonly atMs: number;
  readonly gateways: readonly string[];
}

/** The life of one pod as the watch saw it. */
export interface PodLife {
  readonly pod: string;
  readonly uid: string;
  readonly tier: "agent" | "gateway" | "observer";
  readonly node: string;
  readonly ip: string;
  /** Consecutive states; the last one ends at `endMs`. */
  readonly states: readonly { readonly atMs: number; readonly state: PodState }[];
  readonly endMs: number;
  /** Deleted before the record ended. */
  readonly deleted: boolean;
  readonly restarts: number;
}
export type PodState = "ready" | "not-ready" | "terminating";

/** Groups (a trace, or the one item of another signal) that lost something: unexplained first. */
export interface LostGroups {
  readonly total: number;
  readonly shown: readonly LostGroup[];
}

export interface LostGroup {
  readonly signal: Signal;
  /** Trace ID; service.name for metric points. */
  readonly key: string;
  /** Trace class; empty for other signals. */
  readonly class: string;
  readonly lostItems: number;
  /** Gateways that the hash ring predicts as owner, by pod name or address. */
  readonly owners: readonly string[];
  /** Items of the group, all of a trace's spans, in order of their send; at most a few dozen. */
  readonly items: readonly LostGroupItem[];
  readonly totalItems: number;
}

export interface LostGroupItem {
  readonly id: string;
  readonly error: boolean;
  /** How long the span lasted, as planned; null for other signals. */
  readonly lastedMs: number | null;
  readonly sends: readonly ItemSend[];
  readonly receipts: readonly { readonly atMs: number; readonly gateway: string }[];
  /** The gateways that got it, by the audit; empty without one, too. */
  readonly reached: readonly { readonly atMs: number; readonly gateway: string }[];
  readonly lost: boolean;
  readonly place: LossPlace | null;
  /** The rule that explains the loss; null when unexplained or not lost. */
  readonly rule: string | null;
}

export interface ItemSend {
  readonly sentMs: number;
  /** Null when never answered. */
  readonly answeredMs: number | null;
  readonly outcome: "acked" | "refused" | "indeterminate";
  /** Node of the agent that got it. */
  readonly node: string;
}

/** What collectors logged around the sends of the lost items that are shown, in order of time. */
export interface LogLines {
  /** How many there were; `shown` leaves out the least important when they are too many. */
  readonly total: number;
  readonly shown: readonly LogLine[];
}

export interface LogLine {
  readonly atMs: number;
  readonly pod: string;
  /** Without its time; cut when it is very long. */
  readonly text: string;
}
