/** When an item may have reached each stage of a gateway, by the settings. */
import { longestWaitMs } from "./backend-outages.js";
import { SAMPLING_TICK_MS } from "./collector-defaults.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import { routedWithinMs, SLACK_MS } from "./holds.js";
import type { LostItem, PossibleOwner } from "./lost-item.js";

export interface Passage {
  readonly arrivesFromMs: number;
  readonly arrivesByMs: number;
  readonly decidedFromMs: number;
  readonly decidedByMs: number;
  readonly exportedByMs: number;
}

/** The widest times of an item at one of its possible owners. */
export function passageOf(
  item: Pick<LostItem, "signal" | "sentMs" | "ackedMs">,
  owner: PossibleOwner,
  facts: DeploymentFacts,
): Passage {
  const arrivesFromMs = owner.reached?.fromMs ?? item.sentMs;
  const arrivesByMs =
    owner.reached?.byMs ??
    Math.max(
      item.ackedMs + routedWithinMs(facts, item.signal),
      arrivesAfterHold(item, owner, facts),
    );
  const sampling = item.signal === "traces" ? facts.gateway.sampling : null;
  const waitMs = sampling?.decisionWaitMs ?? 0;
  // A span that comes after the decision passes at once.
  const decidedFromMs =
    sampling === null ? arrivesFromMs : Math.max(arrivesFromMs, owner.firstFromMs + waitMs);
  const decidedByMs =
    sampling === null
      ? arrivesByMs
      : Math.max(arrivesByMs, Math.min(owner.firstByMs, arrivesByMs) + waitMs + SAMPLING_TICK_MS);
  const exportedByMs = decidedByMs + facts.gateway.batch[item.signal].timeoutMs + SLACK_MS;
  return { arrivesFromMs, arrivesByMs, decidedFromMs, decidedByMs, exportedByMs };
}

/** When an item that agents held comes at the latest: after the wait for a retry that they were in, and the retry. */
function arrivesAfterHold(
  { sentMs }: Pick<LostItem, "sentMs">,
  { heldUntilMs }: PossibleOwner,
  { agent: { exporter } }: DeploymentFacts,
): number {
  if (typeof heldUntilMs !== "number") return -Infinity;
  const waitMs =
    exporter.retryForMs === 0 ? 0 : longestWaitMs(exporter.retry, heldUntilMs - sentMs);
  return heldUntilMs + waitMs + exporter.timeoutMs;
}
