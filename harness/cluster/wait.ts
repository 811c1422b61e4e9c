/**
 * Bounded waiting: every wait has a deadline, an interval, a way to stop it and a last observation.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration } from "../model/durations.js";
import { HarnessError, messageOf, UsageError } from "../model/errors.js";

/** What one look showed: the value that was waited for, or what is there instead. */
export type Look<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly seen: string };

export interface WaitOptions<T> {
  /** What is waited for, to follow "waiting for". */
  readonly what: string;
  /**
   * Looks once. A HarnessError or UsageError that it throws ends the wait at once: it cannot get
   * better. Any other error counts as an observation. It should pass the signal on, which also
   * aborts at the deadline.
   */
  readonly probe: (signal: AbortSignal) => Promise<Look<T>>;
  /** Longest wait, from the call. */
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with each observation that differs from the one before. */
  readonly onLook?: (seen: string) => void;
  readonly fix?: string;
  readonly clock?: Clock;
}

export interface Clock {
  now(): number;
  sleep(ms: number, signal: AbortSignal | undefined): Promise<unknown>;
}

const REAL_CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
};

/** What the look at the deadline may take, so that it is an observation and not a race. */
const LAST_LOOK_MS = 2_000;

/**
 * Looks until the probe is done. HarnessError with the last observation when the deadline passes
 * first.
 */
export async function waitFor<T>(options: WaitOptions<T>): Promise<T> {
  const { what, timeoutMs, intervalMs = 500, signal, clock = REAL_CLOCK } = options;
  const deadlineMs = clock.now() + timeoutMs;
  let lastSeen = "nothing yet";
  for (;;) {
    signal?.throwIfAborted();
    const look = await lookOnce(options, deadlineMs - clock.now());
    if (look.done) return look.value;
    if (look.seen !== lastSeen) options.onLook?.(look.seen);
    lastSeen = look.seen;
    const leftMs = deadlineMs - clock.now();
    if (leftMs <= 0) break;
    await clock.sleep(Math.min(intervalMs, leftMs), signal);
  }
  throw new HarnessError(`waiting for ${what}: not within ${formatDuration(timeoutMs)}`, {
    lastSeen,
    ...(options.fix === undefined ? {} : { fix: options.fix }),
  });
}

/** A look that hangs is cut off at the deadline, for not every client call can be aborted. */
async function lookOnce<T>(options: WaitOptions<T>, leftMs: number): Promise<Look<T>> {
  const cut = new AbortController();
  const stop = AbortSignal.any([cut.signal, ...(options.signal ? [options.signal] : [])]);
  const lookMs = Math.max(leftMs, Math.min(LAST_LOOK_MS, options.timeoutMs));
  const timer = setTimeout(() => cut.abort(new Error("no answer")), lookMs);
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => reject(stop.reason as Error), { once: true });
  });
  try {
    return await Promise.race([options.probe(stop), stopped]);
  } catch (thrown) {
    if (options.signal?.aborted === true) throw thrown;
    if (thrown instanceof HarnessError || thrown instanceof UsageError) throw thrown;
    return { done: false, seen: messageOf(thrown) };
  } finally {
    clearTimeout(timer);
  }
}
