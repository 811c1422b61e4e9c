/** Changes of the collectors that nobody watched: what rests on the topology can be doubted then. */
import { formatDuration } from "../model/durations.js";
import type { InvariantKind, InvariantResult } from "../model/invariant.js";
import { WATCH_LAG_MS } from "../oracle/epochs.js";
import type { Judged } from "./classify.js";

/**
 * A sentence for each gap of the watch in which collectors changed: when, nobody saw. One that is no longer than a
 * watch may lag behind (oracle/epochs.ts) hides nothing, nor does one before calibration.
 */
export function unseenChanges({
  history,
  topology,
  troubles,
  calibrationStartMs,
}: Judged): string[] {
  return [...history.facts.topologyGaps, ...troubles.unwatched]
    .filter(({ fromMs, toMs }) => toMs - fromMs > WATCH_LAG_MS && toMs >= calibrationStartMs)
    .flatMap(({ fromMs, toMs }) => {
      const pods = topology
        .filter(({ tier, atMs }) => tier !== "observer" && atMs >= fromMs && atMs <= toMs)
        .map(({ pod }) => pod);
      const changed = [...new Set(pods)].join(", ");
      const gap = formatDuration(toMs - fromMs);
      return changed === "" ? [] : [`the topology was not seen for ${gap}, and ${changed} changed`];
    });
}

/** They blame by who was there when. */
const BY_TOPOLOGY: readonly InvariantKind[] = [
  "zero-loss",
  "trace-affinity",
  "sampling-exact",
  "re-resolution",
  "no-stall",
  "spread",
  "disruption-budget",
  "hpa-policy",
];

/** What was found, or that a change which nobody saw may excuse it. */
export function unlessUnseen(found: InvariantResult, judged: Judged): InvariantResult {
  if (found.verdict !== "fail" || !BY_TOPOLOGY.includes(found.kind)) return found;
  const [unseen] = unseenChanges(judged);
  if (unseen === undefined) return found;
  return { ...found, verdict: "inconclusive", reason: `${found.reason}; but ${unseen}` };
}
