/** Names of things: runs, seeds, labels. */
import { UsageError } from "./errors.js";

/** Put on every cluster, pod and image that is ours; nothing without it is ever touched. */
export const LABEL_PREFIX = "agent-gateway-chaos.dev";
export const LABELS = {
  /** On every object; value = run ID or `kept`. */
  run: `${LABEL_PREFIX}/run`,
  /** Process ID of the owner; a dead owner makes its things sweepable. */
  owner: `${LABEL_PREFIX}/owner-pid`,
  /** Unix seconds after which a thing may be swept. */
  expires: `${LABEL_PREFIX}/expires`,
} as const;

/** The namespace of the guide. */
export const NAMESPACE = "observability";

/** Parses a seed: a whole number from 0 to 2^64 - 1. */
export function parseSeed(text: string): bigint {
  const max = (1n << 64n) - 1n;
  if (!/^\d{1,20}$/.test(text) || BigInt(text) > max) {
    throw new UsageError(`--seed ${text}: give a whole number from 0 to ${String(max)}`);
  }
  return BigInt(text);
}

/** `20261125T050102Z-42`: the name of a run's directory and the run's ID; sorts by time. */
export function runIdOf(startedAt: Date, seed: bigint): string {
  const utc = startedAt.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  return `${utc}-${String(seed)}`;
}
