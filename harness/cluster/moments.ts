/** When this process notices things: no two at once, and whether it is late or was told late. */

/** Finer than anything is judged by, and coarser than a double's precision in Unix ms. */
const STEP_MS = 0.001;

/**
 * A clock that never says the same twice, nor goes back: of two messages that come in one millisecond, what was true
 * between them was true, if briefly. `now`: Unix ms.
 */
export function distinctMoments(now: () => number): () => number {
  let lastMs = -Infinity;
  return () => (lastMs = Math.max(now(), lastMs + STEP_MS));
}

const TICK_MS = 200;

/**
 * Reports each time, from the last moment that was surely in time, in which this process had no turn for longer than
 * the limit. It ends a tick later than it was noticed: only then everything that waited has been read.
 */
export function noticeStalls({
  limitMs,
  onStall,
  signal,
}: {
  readonly limitMs: number;
  readonly onStall: (stall: { readonly fromMs: number; readonly toMs: number }) => void;
  readonly signal: AbortSignal;
}): void {
  let lastMs = Date.now();
  let stalledFromMs: number | undefined;
  const timer = setInterval(() => {
    const nowMs = Date.now();
    const isLate = nowMs - lastMs > TICK_MS + limitMs;
    if (isLate) stalledFromMs ??= lastMs;
    else if (stalledFromMs !== undefined) {
      onStall({ fromMs: stalledFromMs, toMs: nowMs });
      stalledFromMs = undefined;
    }
    lastMs = nowMs;
  }, TICK_MS).unref();
  const stop = (): void => clearInterval(timer);
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
}

/** The API server stamps changes in whole seconds. */
const STAMP_MS = 1_000;

/**
 * Tells of news that came late: the time from its stamp, when the API server changed the object, until it was told.
 * It is measured against the news that came quickest, so the server's clock need not be ours; what is late by less
 * than the limit and a stamp may be in time.
 */
export function noticeLateNews(
  limitMs: number,
): (stampMs: number, toldMs: number) => { fromMs: number; toMs: number } | undefined {
  let quickestMs = Infinity;
  return (stampMs, toldMs) => {
    if (!Number.isFinite(stampMs)) return undefined;
    quickestMs = Math.min(quickestMs, toldMs - stampMs);
    const lateMs = toldMs - stampMs - quickestMs;
    return lateMs > limitMs + STAMP_MS ? { fromMs: toldMs - lateMs, toMs: toldMs } : undefined;
  };
}
