/** When calibration may end: only traces that had their full time count, and only so many are needed. */

export interface CalibrationClockInput {
  /** Traces that must have had their full time. */
  readonly minTraces: number;
  readonly tracesPerSecond: number;
  /** From a trace's first send to its last, and on to the last moment at which it may still arrive. */
  readonly restMs: number;
  /** Unix ms at which calibration ends in any case. */
  readonly latestMs: number;
}

/**
 * Long traces, one of twenty, are still open when the others are due, and of some it turns out later that the gateways
 * changed meanwhile: a share more, with room for chance.
 */
const MORE = 1.15;
const MORE_TRACES = 10;

/** Traces to begin so that `minTraces` of them are due in time. */
export const tracesToBegin = (minTraces: number): number =>
  Math.ceil(minTraces * MORE) + MORE_TRACES;

/**
 * A clock that is told at each look how many traces have begun, and answers with the Unix ms at which
 * calibration ends: an estimate until enough have begun, then fixed.
 */
export function calibrationClock(
  input: CalibrationClockInput,
): (startedTraces: number, nowMs: number) => number {
  const wanted = tracesToBegin(input.minTraces);
  let begunMs: number | undefined;
  return (startedTraces, nowMs) => {
    if (startedTraces >= wanted) begunMs ??= nowMs;
    const missing = Math.max(0, wanted - startedTraces);
    const lastMs = begunMs ?? nowMs + (missing * 1_000) / input.tracesPerSecond;
    return Math.min(input.latestMs, lastMs + input.restMs);
  };
}
