/** Reading values out of parsed YAML whose shape nobody has promised. */

export type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value as a mapping; empty when it is none. */
export const mappingOf = (value: unknown): Mapping => (isMapping(value) ? value : {});

/** The value as a list; empty when it is none. */
export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : [];

/** The value under a path of keys, undefined where a step is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) current = mappingOf(current)[key];
  return current;
}

/** A scalar as text; empty for anything else. */
export const textOf = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";

export function numberOr(value: unknown, fallback: number): number {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : fallback;
}

export const booleanOr = (value: unknown, fallback: boolean): boolean =>
  typeof value === "boolean" ? value : fallback;

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** A Go duration (`1m30s`) in milliseconds; a bare number counts nanoseconds, as the collector reads it. */
export function durationOr(value: unknown, fallbackMs: number): number {
  if (typeof value === "number") return value / 1e6;
  if (typeof value !== "string") return fallbackMs;
  const parts = [...value.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0) return value === "0" ? 0 : fallbackMs;
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (UNIT_MS[unit ?? ""] ?? 0), 0);
}
