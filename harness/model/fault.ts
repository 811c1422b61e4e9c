/** Faults as data: what a scenario may ask for. harness/faults holds how each is injected, proven and healed. */
import { formatDuration } from "./durations.js";
import type { NodeFault } from "./node-faults.js";
import type { PodFault } from "./pod-faults.js";
import type { ServiceFault } from "./service-faults.js";

export type FaultSpec = NodeFault | PodFault | ServiceFault;
export type FaultKind = FaultSpec["kind"];

/** A fault at a time, counted from the moment when calibration has passed. */
export interface ScheduledFault {
  readonly atMs: number;
  /** From the strike to the healing; without it, it is healed when the load ends. */
  readonly lastsMs?: number;
  readonly fault: FaultSpec;
}

/** When it is healed at the latest, counted as its beginning is. */
export const endOf = ({ atMs, lastsMs = Infinity }: ScheduledFault, loadMs: number): number =>
  Math.min(atMs + lastsMs, loadMs);

/** One line for the timeline: `kill-gateway (force-delete, one)`; durations, in keys that end in Ms, as `20.0 s`. */
export function describeFault({ kind, ...settings }: FaultSpec): string {
  const parts = Object.entries(settings).map(([key, value]) => settingText(key, value));
  return parts.length === 0 ? kind : `${kind} (${parts.join(", ")})`;
}

/** Lists and groups of settings with spaces: `tempo mimir`, `refuse-one-in 2 UNAVAILABLE`. */
function settingText(key: string, value: unknown): string {
  if (typeof value === "number" && key.endsWith("Ms")) return formatDuration(value);
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([inner, one]) => settingText(inner, one))
    .join(" ");
}
