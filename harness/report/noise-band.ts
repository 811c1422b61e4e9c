/**
 * How far a figure wanders from run to run without anything being wrong, from the runs that passed.
 *
 * The band is the wider one, on each side, of two: from the smallest to the largest value seen, and the median ±
 * 3 scaled median absolute deviations (MAD; Hampel's identifier). The first alone would be left by every twentieth
 * run though nothing changed; the second alone has no width where most values are equal, as counts often are.
 */

/** Runs that a band is made of at most, the newest ones, and at least: of fewer nobody knows the noise. */
export const BAND_RUNS = { most: 20, fewest: 5 } as const;

/** Makes the MAD of normally distributed values their standard deviation. */
const MAD_SCALE = 1.4826;
const WIDTH = 3;

export interface Band {
  readonly low: number;
  readonly high: number;
}

/** The band of `values`, which are not negative; null when they are too few. */
export function bandOf(values: readonly number[]): Band | null {
  if (values.length < BAND_RUNS.fewest) return null;
  const middle = median(values);
  const spread = WIDTH * MAD_SCALE * median(values.map((value) => Math.abs(value - middle)));
  return {
    low: Math.max(0, Math.min(...values, middle - spread)),
    high: Math.max(...values, middle + spread),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  const high = sorted[upper] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[upper - 1] ?? 0) + high) / 2;
}
