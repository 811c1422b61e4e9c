/** How many gateways there were over time, without the gaps that a replaced pod leaves. */
import type { TopologyEvent } from "../model/history.js";
import type { Level } from "./autoscaler.js";

/** The Deployment's controller replaces a pod well within this time. */
const SETTLED_MS = 10_000;

/** A number of gateway pods from a time on; `rollout`: pods of two templates are there. */
type Count = Level & { readonly rollout: boolean };

/** Every number of gateway pods, not on their way out, however short. */
function everyCount(topology: readonly TopologyEvent[]): Count[] {
  const alive = new Map<string, string>();
  const seen: Count[] = [];
  for (const event of topology) {
    if (event.source !== "pod" || event.tier !== "gateway") continue;
    if (event.change === "deleted" || event.terminating) alive.delete(event.uid);
    else alive.set(event.uid, templateOf(event.pod));
    const rollout = new Set(alive.values()).size > 1;
    const last = seen.at(-1);
    // A pod that only gets ready changes no number, and must not end the time for which one lasts.
    if (last?.pods === alive.size && last.rollout === rollout) continue;
    seen.push({ atMs: event.atMs, pods: alive.size, rollout });
  }
  return seen;
}

/** The most gateway pods, not on their way out, that were there at any moment of a time; 0 when none was seen. */
export function mostGateways(
  topology: readonly TopologyEvent[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): number {
  const counts = everyCount(topology).filter(
    ({ atMs }, index, all) => atMs <= toMs && (all[index + 1]?.atMs ?? Infinity) > fromMs,
  );
  return Math.max(0, ...counts.map(({ pods }) => pods));
}

/**
 * The numbers of gateway pods, not on their way out, that lasted for ten seconds after a time. A rollout, during
 * which pods of two templates are there, divides them: each list begins after one.
 */
export function gatewayLevels(topology: readonly TopologyEvent[], sinceMs: number): Level[][] {
  const seen = everyCount(topology);
  const spans: Level[][] = [[]];
  for (const [index, { atMs, pods, rollout }] of seen.entries()) {
    const untilMs = seen[index + 1]?.atMs ?? Infinity;
    const span = spans.at(-1) ?? [];
    if (rollout) {
      if (span.length > 0) spans.push([]);
    } else if (untilMs - Math.max(atMs, sinceMs) >= SETTLED_MS && span.at(-1)?.pods !== pods) {
      span.push({ atMs, pods });
    }
  }
  return spans.filter((span) => span.length > 0);
}

/** `669fc8f459` of a Deployment's pod `otel-gateway-669fc8f459-68pfv`; empty for any other name. */
const templateOf = (pod: string): string => /-([a-z0-9]{8,10})-[a-z0-9]{5}$/.exec(pod)?.[1] ?? "";
