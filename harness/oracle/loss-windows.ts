/**
 * The windows in which the deployment's own configuration allows an acknowledged item to be lost. An item that is lost
 * outside of every window is lost without an explanation.
 */
import type { Signal } from "../model/signal.js";
import { SAMPLING_TICK_MS } from "./collector-defaults.js";
import type { Death } from "./deaths.js";
import type { Departure } from "./departures.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import { givenUp, turnedAway } from "./backend-losses.js";
import { dueMs, type BackendOutage } from "./backend-outages.js";
import { knownByMs, type DnsTrouble } from "./epochs.js";
import { SLACK_MS } from "./holds.js";
import { LOSS_RULES, type LossRule } from "./loss-rules.js";
import type { LostItem, PossibleOwner } from "./lost-item.js";
import { passageOf } from "./passage.js";

/** The rules of a gateway's death. */
type GatewayRule = "memory" | "transport" | "batch" | "queue";

/** Gateways that ended, such that left the Service alive, and what faults did to DNS and to backends. */
export interface Ends {
  readonly deaths: readonly Death[];
  readonly departures: readonly Departure[];
  /** Gateways whose queue had no room for a while. */
  readonly full?: readonly {
    readonly ip: string;
    readonly fromMs: number;
    readonly toMs: number;
  }[];
  readonly dns?: readonly DnsTrouble[];
  readonly outages?: readonly BackendOutage[];
}

/**
 * The rule that explains a loss, or null. `routingLagMs`: the longest from a change of the gateways to the agents'
 * new ring (epochs.ts), while DNS is well. Every window is the widest that the settings allow, and no wider:
 * a gateway's death counts from the topology, a batch for its timeout, a decision for decision_wait and one tick.
 * An agent's death takes what it acknowledged so shortly before that it may still have had it, and with it what
 * keeps the rest of a trace. A backend's rejection and an outage of it count from their records. Where an audit looked,
 * only rules of its side of the gateway count, and an item that several gateways got must be explained at each of them.
 */
export function explainLoss(
  item: LostItem,
  ends: Ends,
  facts: DeploymentFacts,
  routingLagMs: number,
): LossRule | null {
  const { deaths, departures, full = [], dns = [], outages = [] } = ends;
  const got = item.owners.filter(({ reached }) => reached !== undefined && reached !== null);
  if (got.length > 1) {
    const rules = got.map((owner) =>
      explainLoss({ ...item, owners: [owner] }, ends, facts, routingLagMs),
    );
    return rules.includes(null) ? null : (rules[0] ?? null);
  }
  if (item.owners.some(({ ip }) => item.rejectedFrom?.includes(ip))) return LOSS_RULES.rejected;
  for (const death of deaths) {
    if (death.tier !== "gateway") continue;
    const owner = item.owners.find(({ ip }) => ip === death.ip);
    if (owner === undefined) continue;
    const rule = ruleOfDeath(item, sinceRestart(item, owner, death, deaths), death, {
      facts,
      outages,
      knownByMs: knownByMs(death.toMs, routingLagMs, dns),
    });
    if (rule !== null) return LOSS_RULES[rule];
  }
  if (givenUp(item, facts, outages)) return LOSS_RULES.outage;
  if (turnedAway(item, facts, outages)) return LOSS_RULES.overflow;
  if (item.diedWithAgent && item.owners.every(({ reached }) => (reached ?? null) === null)) {
    return item.ringless ? LOSS_RULES.ringless : LOSS_RULES.agent;
  }
  // What is gone with its gateway is explained above; here agents drop what waits for one that lives.
  const departed = departures.some(({ ip, sinceMs, atMs }) => {
    const owner = item.owners.find((one) => one.ip === ip);
    return (
      owner !== undefined &&
      sinceMs <= passageOf(item, owner, facts).arrivesByMs &&
      item.sentMs <= knownByMs(atMs, routingLagMs, dns) &&
      fitsAudit("transport", owner)
    );
  });
  if (departed) return LOSS_RULES.transport;
  const noRoom = full.some(({ ip, fromMs, toMs }) => {
    const owner = item.owners.find((one) => one.ip === ip);
    if (owner === undefined || owner.reached === null) return false;
    const { decidedFromMs, exportedByMs } = passageOf(item, owner, facts);
    return decidedFromMs <= toMs && fromMs <= exportedByMs;
  });
  if (noRoom) return LOSS_RULES.full;
  if (item.signal !== "traces") return null;
  const torn = item.owners.filter(
    ({ mayLackEvidence, reached }) => mayLackEvidence && reached !== null,
  );
  if (torn.length === 0) return null;
  if (item.traceDiedWithAgent) return LOSS_RULES.tornByAgent;
  return torn.some(({ heldUp }) => heldUp === true) ? LOSS_RULES.late : LOSS_RULES.torn;
}

/**
 * A gateway that had died before, after the first of the trace may have come to it, has forgotten the trace: what came
 * after that may have waited for a decision of its own.
 */
function sinceRestart(
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
function ruleOfDeath(
  item: LostItem,
  owner: PossibleOwner,
  death: Death,
  {
    facts,
    outages,
    knownByMs,
  }: {
    facts: DeploymentFacts;
    outages: readonly BackendOutage[];
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
  const possible: Record<GatewayRule, boolean> = {
    // A restart in place that leaves the address in the ring gets what waited for it. Another pod may get the address
    // of one that is gone once no ring has it.
    transport: death.unlisted && after(passage.arrivesByMs) && item.sentMs <= knownByMs,
    memory: sampled && before(passage.arrivesFromMs) && after(passage.decidedByMs),
    batch: before(passage.decidedFromMs) && after(passage.exportedByMs - SLACK_MS),
    queue:
      queueDiesWith(death, facts, item.signal) &&
      before(passage.decidedFromMs) &&
      after(queuedByMs),
  };
  const likely = likelyStage(item, owner, death, facts);
  return (
    ([likely, "memory", "transport", "batch", "queue"] as const).find(
      (rule) => possible[rule] && fitsAudit(rule, owner),
    ) ?? null
  );
}

/** What a gateway got was not lost on the way to it, and what it never got was lost nowhere else. */
const fitsAudit = (rule: GatewayRule, { reached }: PossibleOwner): boolean =>
  reached === undefined || (rule === "transport") === (reached === null);

/** A queue in memory dies with the process, one on an emptyDir with the pod. */
function queueDiesWith(death: Death, facts: DeploymentFacts, signal: Signal): boolean {
  const queue = facts.gateway.exporter[signal].queue;
  if (queue === null || queue.storage === "memory") return true;
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
