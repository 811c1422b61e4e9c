/**
 * The windows in which the deployment's own configuration allows an acknowledged item to be lost. An item that is lost
 * outside of every window is lost without an explanation.
 */
import type { Death } from "./deaths.js";
import type { Departure } from "./departures.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import { givenUp, turnedAway } from "./backend-losses.js";
import type { BackendOutage } from "./backend-outages.js";
import { knownByMs, type DnsTrouble } from "./epochs.js";
import { dropsForTheGone, fitsAudit, ruleOfDeath, sinceRestart } from "./gateway-deaths.js";
import { LOSS_RULES, type LossRule } from "./loss-rules.js";
import type { LostItem } from "./lost-item.js";
import { passageOf } from "./passage.js";

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
      drops: dropsForTheGone(item.signal, facts, routingLagMs),
      knownByMs: knownByMs(death.toMs, routingLagMs, dns),
    });
    if (rule !== null) return LOSS_RULES[rule];
  }
  // What answers last has nothing more to lose: what it gives up is refused, and was never acknowledged.
  const agentHolds = !facts.agent.answersLast[item.signal];
  const gatewayHolds = !facts.gateway.answersLast[item.signal];
  if (gatewayHolds || agentHolds) {
    if (givenUp(item, facts, outages)) return LOSS_RULES.outage;
    if (turnedAway(item, facts, outages)) return LOSS_RULES.overflow;
  }
  const nowhere = item.owners.every(({ reached }) => (reached ?? null) === null);
  if (agentHolds && item.diedWithAgent && nowhere) {
    return item.ringless ? LOSS_RULES.ringless : LOSS_RULES.agent;
  }
  if (departedWith(item, departures, { facts, routingLagMs, dns })) return LOSS_RULES.transport;
  const crowdedOut = item.owners.some(
    (owner) => owner.crowdedOut === true && fitsAudit("transport", owner),
  );
  if (agentHolds && crowdedOut) return LOSS_RULES.crowdedOut;
  const noRoom = full.some(({ ip, fromMs, toMs }) => {
    const owner = item.owners.find((one) => one.ip === ip);
    if (owner === undefined || owner.reached === null || !gatewayHolds) return false;
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

/** What is gone with its gateway is explained before; here agents drop what waits for one that lives. */
function departedWith(
  item: LostItem,
  departures: readonly Departure[],
  {
    facts,
    routingLagMs,
    dns,
  }: {
    readonly facts: DeploymentFacts;
    readonly routingLagMs: number;
    readonly dns: readonly DnsTrouble[];
  },
): boolean {
  if (!dropsForTheGone(item.signal, facts, routingLagMs)) return false;
  return departures.some(({ ip, sinceMs, atMs }) => {
    const owner = item.owners.find((one) => one.ip === ip);
    return (
      owner !== undefined &&
      sinceMs <= passageOf(item, owner, facts).arrivesByMs &&
      item.sentMs <= knownByMs(atMs, routingLagMs, dns) &&
      fitsAudit("transport", owner)
    );
  });
}
