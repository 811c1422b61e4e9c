/** Lengths of time. Everything in the model counts milliseconds; scenarios say what they mean. */

/** `n` seconds in milliseconds. */
export const seconds = (n: number): number => n * 1_000;

/** `n` minutes in milliseconds. */
export const minutes = (n: number): number => n * 60_000;

/** A length of time for people: `850 ms`, `12.4 s`, `3 m 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const wholeSeconds = Math.round(ms / 1_000);
  const rest = String(wholeSeconds % 60).padStart(2, "0");
  return `${String(Math.floor(wholeSeconds / 60))} m ${rest} s`;
}
