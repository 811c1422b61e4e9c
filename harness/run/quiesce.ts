/** The bounded wait for silence after the load: only what had time to arrive may be called lost. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Queued } from "../cluster/self-telemetry.js";
import type { QuiesceRecord } from "../model/history.js";
import { formatDuration } from "../model/durations.js";

export interface QuiesceInput {
  /** When the generator had its last answer, Unix ms. */
  readonly loadEndedMs: number;
  /** The longest that the deployment may hold an item when nothing is broken. */
  readonly holdMs: number;
  readonly atMostMs: number;
  readonly signal: AbortSignal;
  /** Unix ms of the newest receipt of any backend; 0 for none. */
  readonly lastReceiptMs: () => Promise<number>;
  readonly queued: () => Promise<Queued>;
  readonly onLook?: (seen: string) => void;
  readonly now?: () => number;
  readonly intervalMs?: number;
}

/** No receipt for this long counts as silence once everything has had its time. */
const SILENCE_MS = 5_000;

/** Looks until holdMs has passed since the load, receipts have stopped and the queues are empty. */
export async function quiesce(input: QuiesceInput): Promise<QuiesceRecord> {
  const now = input.now ?? Date.now;
  const startedMs = now();
  for (;;) {
    const [lastReceiptMs, queued] = await Promise.all([input.lastReceiptMs(), input.queued()]);
    const holdLeftMs = input.loadEndedMs + input.holdMs - now();
    const silentMs = now() - Math.max(lastReceiptMs, input.loadEndedMs);
    const receipt =
      lastReceiptMs === 0
        ? "no receipt"
        : `last receipt ${formatDuration(now() - lastReceiptMs)} ago`;
    const { requests, unseen } = queued;
    const lastSeen =
      `${receipt}, ${String(requests)} queued` +
      (unseen === undefined ? "" : `, ${unseen}`) +
      (holdLeftMs > 0 ? `, gateways may still hold items for ${formatDuration(holdLeftMs)}` : "");
    input.onLook?.(lastSeen);
    const tookMs = now() - startedMs;
    if (holdLeftMs <= 0 && silentMs >= SILENCE_MS && requests === 0 && unseen === undefined) {
      return { reached: true, tookMs, lastSeen };
    }
    if (tookMs >= input.atMostMs) return { reached: false, tookMs, lastSeen };
    await sleep(input.intervalMs ?? 1_000, undefined, { signal: input.signal });
  }
}
