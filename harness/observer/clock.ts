/** The time that journals carry: the machine's wall clock with a fraction that Date.now() lacks. */

let offsetMs = Date.now() - performance.now();

/**
 * Unix milliseconds with three decimals. The fraction comes from the monotonic clock, which drifts
 * away from a disciplined wall clock; so the result is kept inside the millisecond that Date.now()
 * names.
 */
export function nowMs(): number {
  const monotonic = performance.now();
  const wall = Date.now();
  if (offsetMs + monotonic < wall) offsetMs = wall - monotonic;
  if (offsetMs + monotonic >= wall + 1) offsetMs = wall + 0.999 - monotonic;
  return Math.round((offsetMs + monotonic) * 1_000) / 1_000;
}
