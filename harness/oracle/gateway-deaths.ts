/** What a gateway's death explains: where it had the item, by the settings, and whether it forgot it there. */
import type { Signal } from "../model/signal.js";
import { reroutes } from "./acknowledgement.js";
import { dueMs, type BackendOutage } from "./backend-outages.js";
import { SAMPLING_TICK_MS } from "./collector-defaults.js";
import type { Death } from "./deaths.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import { SLACK_MS } from "./holds.js";
import type { LostItem, PossibleOwner } from "./lost-item.js";
import { passageOf } from "./passage.js";

/** The rules of a gateway's death. */
type GatewayRule = "memory" | "transport" | "batch" | "queue";

/**
 * A gateway that had died before, after the first of the trace may have come to it, has forgotten the trace: what came
 * after that may have waited for a decision of its own.
 */
export function sinceRestart(
  { sentMs }: LostItem,
  owner: PossibleOwner,
  death: Death,
  deaths: readonly Death[],
): PossibleOwner {
  const forgot = deaths.some(
    ({ tier, ip, fromMs, toMs }) =>
      tier === "gateway" &&
      ip === owner.ip &&
      toMs < death.fromMs &&
      fromMs <= (owner.reached?.byMs ?? sentMs) &&
      owner.firstFromMs <= toMs,
  );
  return forgot ? { ...owner, firstByMs: Infinity } : owner;
}

/** Of the windows that the death lies in, the one in which the item most likely was. */
export function ruleOfDeath(
  item: LostItem,
  owner: PossibleOwner,
  death: Death,
  {
    facts,
    outages,
    drops,
    knownByMs,
  }: {
    facts: DeploymentFacts;
    outages: readonly BackendOutage[];
    /** Whether agents drop what they hold for a gateway that is gone. */
    drops: boolean;
    /** When the last agent knows that the gateway is gone. */
    knownByMs: number;
  },
): GatewayRule | null {
  const passage = passageOf(item, owner, facts);
  const queuedByMs = dueMs(
    { sentMs: passage.arrivesFromMs, usuallyMs: passage.exportedByMs },
    outages.filter(({ signal }) => signal === item.signal),
  );
  const before = (ms: number): boolean => ms <= death.toMs;
  const after = (ms: number): boolean => death.fromMs <= ms;
  const sampled = item.signal === "traces" && facts.gateway.sampling !== null;
  const flushed = stopsWell(death, facts);
  const undecided = sampled && before(passage.arrivesFromMs) && after(passage.decidedByMs);
  const holds = !facts.gateway.answersLast[item.signal];
  const possible: Record<GatewayRule, boolean> = {
    // A restart in place that leaves the address in the ring gets what waited for it. Another pod may get the address
    // of one that is gone once no ring has it.
    transport: drops && death.unlisted && after(passage.arrivesByMs) && item.sentMs <= knownByMs,
    memory: undecided && !flushed,
    batch:
      holds && !flushed && before(passage.decidedFromMs) && after(passage.exportedByMs - SLACK_MS),
    queue:
      holds &&
      queueDiesWith(death, facts, { signal: item.signal, flushed, outages }) &&
      ((before(passage.decidedFromMs) && after(queuedByMs)) || (flushed && undecided)),
  };
  const likely = likelyStage(item, owner, death, facts);
  return (
    ([likely, "memory", "transport", "batch", "queue"] as const).find(
      (rule) => possible[rule] && fitsAudit(rule, owner),
    ) ?? null
  );
}

/** What a gateway got was not lost on the way to it, and what it never got was lost nowhere else. */
export const fitsAudit = (rule: GatewayRule, { reached }: PossibleOwner): boolean =>
  reached === undefined || (rule === "transport") === (reached === null);

/**
 * Whether agents drop what they hold for a gateway that is gone: not when nothing is acknowledged before a gateway took
 * it, nor when they try what failed at another one.
 */
export const dropsForTheGone = (
  signal: Signal,
  { agent }: DeploymentFacts,
  routingLagMs: number,
): boolean => !agent.answersLast[signal] && !reroutes(agent, routingLagMs);

/**
 * Whether a gateway was asked to stop and had the time to decide and hand on all that it held: it was gone before its
 * grace period was over. A release that does not do that forgets it however long it has.
 */
const stopsWell = ({ kind, askedMs, seenMs }: Death, { gateway }: DeploymentFacts): boolean =>
  gateway.flushes &&
  kind === "gone" &&
  typeof askedMs === "number" &&
  seenMs - askedMs < gateway.terminationGraceMs;

/**
 * A queue in memory dies with the process, one on an emptyDir with the pod. One in memory is emptied by a gateway that
 * stops well, unless its backend is away; one on a disk is not (opentelemetry-collector#5902).
 */
function queueDiesWith(
  death: Death,
  facts: DeploymentFacts,
  {
    signal,
    flushed,
    outages,
  }: {
    readonly signal: Signal;
    readonly flushed: boolean;
    readonly outages: readonly BackendOutage[];
  },
): boolean {
  const queue = facts.gateway.exporter[signal].queue;
  if (queue === null || queue.storage === "memory") {
    const away = outages.some(
      (outage) =>
        outage.signal === signal &&
        outage.fromMs <= death.toMs &&
        death.fromMs <= outage.heldUntilMs,
    );
    return !flushed || away;
  }
  return queue.storage === "emptyDir" && death.kind === "gone";
}

/** Where an ordinary item would have been when the gateway died: batches half full, no delays. */
function likelyStage(
  item: LostItem,
  owner: PossibleOwner,
  death: Death,
  facts: DeploymentFacts,
): GatewayRule {
  const halfBatchMs = facts.agent.batch[item.signal].timeoutMs / 2;
  const { reached } = owner;
  const arrivesMs = reached?.byMs ?? item.ackedMs + halfBatchMs;
  if (death.seenMs < arrivesMs) return "transport";
  const sampling = item.signal === "traces" ? facts.gateway.sampling : null;
  if (sampling !== null) {
    const firstMs =
      reached || owner.firstByMs === Infinity
        ? Math.min(owner.firstByMs, arrivesMs)
        : owner.firstFromMs + halfBatchMs;
    const decidedMs = firstMs + sampling.decisionWaitMs + SAMPLING_TICK_MS;
    if (death.seenMs < decidedMs) return "memory";
  }
  return "batch";
}
