/**
 * The lines that observers write, one JSON object a line, before they act on them. A journal is a sequence:
 * `seq` counts from 0 without a gap over the life of the file, `boot` names the process that wrote the line.
 * Every time is Unix milliseconds with a fraction.
 */
import type { Behaviour } from "./behaviour.js";
import type { Signal, SinkName, TraceClass } from "./signal.js";

interface Line {
  readonly seq: number;
  readonly boot: string;
  readonly atMs: number;
}

/** First line of each process: who writes, and for which run. A second `open` in one file is a restart. */
export interface OpenLine extends Line {
  readonly k: "open";
  readonly source: "generator" | SinkName;
  readonly runId: string;
}

/**
 * One item as the generator sends it. Spans: `id` = span ID, `key` = trace ID (both lower-case hex). Log
 * records: `id` = value of attribute `chaos.id`, `key` = trace ID. Metric points: `id` likewise,
 * `key` = service.name, which is what the loadbalancing exporter routes metrics by.
 */
export interface SentItem {
  readonly id: string;
  readonly key: string;
  /** Digest of the payload: what must arrive unaltered (harness/observer/digest.ts). */
  readonly digest: string;
  /** Spans only. */
  readonly class?: TraceClass;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly error?: boolean;
}

/** Written before the request leaves. */
export interface InvokeLine extends Line {
  readonly k: "invoke";
  readonly op: string;
  readonly signal: Signal;
  /** Kubernetes node whose agent gets the request. */
  readonly node: string;
  readonly endpoint: string;
  readonly items: readonly SentItem[];
}

/** Written after the answer. Absent for an operation that was never answered: indeterminate. */
export interface CompleteLine extends Line {
  readonly k: "complete";
  readonly op: string;
  readonly outcome: OperationOutcome;
  /** gRPC status code, 0 = OK. */
  readonly code: number;
  readonly message: string;
}
/** acked: OK, nothing rejected. refused: certainly not taken. indeterminate: everything else. */
export type OperationOutcome = "acked" | "refused" | "indeterminate";

/** One item as a backend saw it; the fields mean what they mean in SentItem. */
export interface ReceivedItem {
  readonly id: string;
  readonly key: string;
  readonly digest: string;
  /** Resource attribute k8s.node.name: the agent's stamp. Empty when missing. */
  readonly node: string;
  /** Resource attribute chaos.run: the run that sent it. Empty when missing. */
  readonly run: string;
}

/** One export request as a backend got it, written and flushed to disk before the answer. */
export interface ReceiptLine extends Line {
  readonly k: "receipt";
  readonly signal: Signal;
  /** Peer address of the connection without port: the gateway pod's IP. */
  readonly peer: string;
  readonly protocol: "grpc" | "http";
  readonly items: readonly ReceivedItem[];
}

/** A change of behaviour, as ordered by the harness. */
export interface BehaviourLine extends Line {
  readonly k: "behaviour";
  readonly behaviour: Behaviour;
}

/**
 * What a backend's behaviour did to items of one request, written before it was done: the truth of a control,
 * which no invariant may read.
 */
export interface MisbehaviourLine extends Line {
  readonly k: "misbehaviour";
  readonly did: Misdeed;
  readonly signal: Signal;
  readonly items: readonly Pick<ReceivedItem, "id" | "key">[];
}
export type Misdeed = "withheld" | "repeated" | "corrupted" | "delayed" | "refused";

/**
 * What a backend under a fault did to items of one request, written before it was done. The fault is no secret, so
 * invariants may read it.
 *   refused   answered with an error, nothing stored        rejected  named in a partial success, not stored
 *   ignored   never answered, nothing stored                delayed   to be stored and answered late
 *   reset     stored, then the connection was reset instead of an answer
 */
export interface TreatmentLine extends Line {
  readonly k: "treatment";
  readonly did: "refused" | "rejected" | "ignored" | "delayed" | "reset";
  /** gRPC status code of the answer; null without one. */
  readonly code: number | null;
  /** When the answer says to try again (RetryInfo); null when it does not. */
  readonly retryAfterMs: number | null;
  readonly signal: Signal;
  /** As in a receipt. */
  readonly peer: string;
  readonly items: readonly Pick<ReceivedItem, "id" | "key">[];
}

/** Last line of an orderly end (SIGTERM). */
export interface CloseLine extends Line {
  readonly k: "close";
}

export type GeneratorLine = OpenLine | InvokeLine | CompleteLine | CloseLine;
export type BackendLine =
  OpenLine | ReceiptLine | BehaviourLine | MisbehaviourLine | TreatmentLine | CloseLine;
export type JournalLine = GeneratorLine | BackendLine;
