/** The line that tells a waiting person how the load is going. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Observers } from "../cluster/observers.js";
import { formatDuration } from "../model/durations.js";
import type { BackendStatus, GeneratorStatus } from "../model/observer-api.js";
import type { Progress } from "../model/progress.js";
import { BACKENDS, SIGNALS, type Signal } from "../model/signal.js";

const LOOK_EVERY_MS = 1_000;

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

/** `sent 12,000 · acked 12,000 · received 5,210`: items of all signals. */
function describeLook({ generator, backends }: Look): string {
  const sum = (counts: Readonly<Record<Signal, number>>): number =>
    SIGNALS.reduce((total, signal) => total + counts[signal], 0);
  const received = backends.reduce((total, backend) => total + sum(backend.received), 0);
  return [
    `sent ${sum(generator.attempted).toLocaleString("en-US")}`,
    `acked ${sum(generator.acked).toLocaleString("en-US")}`,
    `received ${received.toLocaleString("en-US")}`,
  ].join(" · ");
}

/** Shows the load every second until `done` says so or the deadline passes; resolves with the last look. */
export async function followLoad(input: {
  readonly observers: Observers;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Unix ms at which to go on; asked at every look. */
  readonly deadlineMs: (seen: Look) => number;
  readonly next: string;
  readonly done?: (look: Look) => boolean;
}): Promise<Look> {
  for (;;) {
    const seen = await look(input.observers, input.signal);
    const leftMs = input.deadlineMs(seen) - Date.now();
    input.progress.status(
      `${describeLook(seen)} · ${input.next} in ${formatDuration(Math.max(leftMs, 0))}`,
    );
    if (leftMs <= 0 || input.done?.(seen) === true) return seen;
    await sleep(Math.min(LOOK_EVERY_MS, leftMs), undefined, { signal: input.signal });
  }
}
