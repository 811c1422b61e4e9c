/** The line that tells a waiting person how the load is going. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Observers } from "../cluster/observers.js";
import { minutes } from "../model/durations.js";
import { messageOf } from "../model/errors.js";
import type { TopologyEvent } from "../model/history.js";
import type { BackendStatus, GeneratorStatus } from "../model/observer-api.js";
import type { Progress } from "../model/progress.js";
import { BACKENDS } from "../model/signal.js";
import { countGateways, describeLoad, total } from "./describe-load.js";

const LOOK_EVERY_MS = 1_000;
/** Longest without an answer, which a fault of the API server or of an observer may cause. */
const SILENT_MS = minutes(3);

export interface Look {
  readonly generator: GeneratorStatus;
  readonly backends: readonly BackendStatus[];
  readonly audit: BackendStatus | undefined;
}

/** Asks every observer how it stands. */
export async function look(observers: Observers, signal?: AbortSignal): Promise<Look> {
  const [generator, audit, ...backends] = await Promise.all([
    observers.generator.status(signal),
    observers.audit?.status(signal),
    ...BACKENDS.map((name) => observers.backends[name].status(signal)),
  ]);
  return { generator, backends, audit };
}

/** Unix ms of the newest receipt of any backend or of the audit; 0 for none. */
export const lastReceiptMs = ({ backends, audit }: Look): number =>
  Math.max(audit?.lastReceiptMs ?? 0, ...backends.map((backend) => backend.lastReceiptMs));

/**
 * Shows the load every second until `done` says so or the deadline passes; resolves with the last look. Observers that
 * do not answer for a while are looked at again; HarnessError when they are silent for too long, or from the start.
 */
export async function followLoad(input: {
  readonly observers: Observers;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** What the watch has seen so far; it grows. */
  readonly topology: readonly TopologyEvent[];
  /** Unix ms at which to go on; asked at every look. */
  readonly deadlineMs: (seen: Look) => number;
  /** What the deadline ends. */
  readonly next: string;
  /** What happens before that, in any order, with its Unix ms. */
  readonly before?: readonly { readonly what: string; readonly atMs: number }[];
  readonly done?: (look: Look) => boolean;
}): Promise<Look> {
  const { before = [], topology } = input;
  let last: { readonly sent: number; readonly atMs: number; readonly seen: Look } | undefined;
  for (;;) {
    let seen: Look;
    try {
      seen = await look(input.observers, input.signal);
    } catch (thrown) {
      input.signal.throwIfAborted();
      const silentMs = Date.now() - (last?.atMs ?? -Infinity);
      if (last === undefined || silentMs > SILENT_MS) throw thrown;
      input.progress.status(`observers do not answer: ${messageOf(thrown)}`);
      if (Date.now() >= input.deadlineMs(last.seen)) return last.seen;
      await sleep(LOOK_EVERY_MS, undefined, { signal: input.signal });
      continue;
    }
    const nowMs = Date.now();
    const deadlineMs = input.deadlineMs(seen);
    const [soonest] = before.filter(({ atMs }) => atMs > nowMs).sort((a, b) => a.atMs - b.atMs);
    const { what, atMs } = soonest ?? { what: input.next, atMs: deadlineMs };
    const sent = total(seen.generator.attempted);
    const perSecond =
      last === undefined ? undefined : ((sent - last.sent) * 1_000) / (nowMs - last.atMs);
    last = { sent, atMs: nowMs, seen };
    const gateways = countGateways(topology);
    const next = { what, inMs: atMs - nowMs };
    input.progress.status(describeLoad({ ...seen, perSecond, gateways, next }));
    const leftMs = deadlineMs - nowMs;
    if (leftMs <= 0 || input.done?.(seen) === true) return seen;
    await sleep(Math.min(LOOK_EVERY_MS, leftMs), undefined, { signal: input.signal });
  }
}
