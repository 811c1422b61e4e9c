/** What may excuse a deployment for what an invariant found: then nobody can say whether it failed. */
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

/** They blame by when an agent must have routed and handed on what it had. */
const BY_AGENTS_TIME: readonly InvariantKind[] = [
  "zero-loss",
  "trace-affinity",
  "sampling-exact",
  "re-resolution",
  "no-stall",
];

/** What was found, or that a change which nobody saw, or an overload, may excuse it. */
export function unlessExcused(found: InvariantResult, judged: Judged): InvariantResult {
  if (found.verdict !== "fail") return found;
  const [unseen] = BY_TOPOLOGY.includes(found.kind) ? unseenChanges(judged) : [];
  const late = BY_AGENTS_TIME.includes(found.kind) ? judged.troubles.overloaded : [];
  const excuse =
    unseen ??
    (late.length === 0
      ? undefined
      : `${late.join(", ")} had more than it can carry, and may route and hand on later than its settings say`);
  if (excuse === undefined) return found;
  return { ...found, verdict: "inconclusive", reason: `${found.reason}; but ${excuse}` };
}
