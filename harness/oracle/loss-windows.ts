/**
 * The windows in which the deployment's own configuration allows an acknowledged item to be lost, as a table.
 * An item that is lost outside of every window is lost without an explanation.
 */
import type { LossPlace } from "../model/accounting.js";
import type { Signal } from "../model/signal.js";
import { SAMPLING_TICK_MS } from "./collector-defaults.js";
import type { Death } from "./deaths.js";
import type { Departure } from "./departures.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import { givenUp, turnedAway } from "./backend-losses.js";
import { dueMs, type BackendOutage } from "./backend-outages.js";
import { knownByMs, type DnsTrouble } from "./epochs.js";
import { SLACK_MS } from "./holds.js";
import { passageOf } from "./passage.js";

/** A gateway that an item may have been routed to, and what its trace looks like there. */
export interface PossibleOwner {
  readonly ip: string;
  /** Arrival of the first item of the trace at this gateway: between these times. */
  readonly firstFromMs: number;
  readonly firstByMs: number;
  /** Whether the part of the trace at this gateway may lack what made the trace worth keeping. */
  readonly mayLackEvidence: boolean;
  /** Whether agents may have held a part of the trace for this gateway, or dropped it. */
  readonly heldUp?: boolean;
  /** What an audit saw: when the item came to this gateway, null when it never did; undefined without an audit. */
  readonly reached?: { readonly fromMs: number; readonly byMs: number } | null | undefined;
}

/** An acknowledged, expected item that never arrived. */
export interface LostItem {
  readonly signal: Signal;
  /** First send, and last answer. */
  readonly sentMs: number;
  readonly ackedMs: number;
  readonly owners: readonly PossibleOwner[];
  /** Every agent that acknowledged it died before it must have handed it on (holds.ts, inAgentMs). */
  readonly diedWithAgent: boolean;
  /** It was an agent's start, not its death, for one of them at least (agent-starts.ts). */
  readonly ringless: boolean;
  /** That is so of an item of its trace, or of itself. */
  readonly traceDiedWithAgent: boolean;
  /** Gateways from which its backend, by its own record, got it and rejected it for good. */
  readonly rejectedFrom?: readonly string[];
  /** First and last time that its backend, by its own record, failed to take it and might be asked again. */
  readonly failed?: { readonly fromMs: number; readonly byMs: number } | null;
}

export interface LossRule {
  readonly name: string;
  readonly place: LossPlace;
  /** What happens, in one sentence. */
  readonly text: string;
  /** Where the defect or design is discussed. */
  readonly upstream: string;
  readonly upstreamUrl: string;
}

const contrib = (issue: number): Pick<LossRule, "upstream" | "upstreamUrl"> => ({
  upstream: `opentelemetry-collector-contrib#${String(issue)}`,
  upstreamUrl: `https://github.com/open-telemetry/opentelemetry-collector-contrib/issues/${String(issue)}`,
});
const core = (issue: number): Pick<LossRule, "upstream" | "upstreamUrl"> => ({
  upstream: `opentelemetry-collector#${String(issue)}`,
  upstreamUrl: `https://github.com/open-telemetry/opentelemetry-collector/issues/${String(issue)}`,
});

export const LOSS_RULES = {
  memory: {
    name: "tail-sampling-memory",
    place: "gateway-tail-sampling",
    text: "A gateway died with spans that waited in its memory for the sampling decision.",
    ...contrib(26490),
  },
  transport: {
    name: "dead-endpoint-queue",
    place: "agent-to-gateway",
    text: "Agents drop what they still hold for a gateway when its address leaves DNS.",
    ...contrib(35378),
  },
  agent: {
    name: "agent-memory",
    place: "agent",
    text: "An agent died with items that it had acknowledged: its batch and its queues are in memory.",
    ...core(12443),
  },
  batch: {
    name: "gateway-batch",
    place: "gateway-batch",
    text: "A gateway died with items that it had acknowledged and that waited in its batch.",
    ...core(12443),
  },
  queue: {
    name: "gateway-queue",
    place: "gateway-queue",
    text: "A gateway's sending queue was lost with its pod.",
    ...core(5902),
  },
  full: {
    name: "queue-without-room",
    place: "gateway-queue",
    text: "A gateway's queue had no room on its volume, and the batch before it forgot what it could not hand on.",
    ...core(12443),
  },
  torn: {
    name: "torn-by-ring-change",
    place: "gateway-tail-sampling",
    text: "The gateways changed while the trace was on its way; this part was judged without the decisive span.",
    ...contrib(4758),
  },
  ringless: {
    name: "agent-without-gateways",
    place: "agent",
    text: "An agent that had just started knew no gateway yet; it dropped what it had acknowledged.",
    ...contrib(29270),
  },
  tornByAgent: {
    name: "torn-by-agent-death",
    place: "gateway-tail-sampling",
    text: "A part of the trace was lost with an agent; this part was judged without the decisive span.",
    ...core(12443),
  },
  late: {
    name: "judged-before-the-rest",
    place: "gateway-tail-sampling",
    text: "A part of the trace was held up on its way to the gateway, which decided without the decisive span.",
    ...contrib(28638),
  },
  rejected: {
    name: "backend-rejected",
    place: "gateway-to-backend",
    text: "The backend rejected the item for good, by its own record; gateways drop what may not be sent again.",
    ...core(15126),
  },
  outage: {
    name: "backend-outage",
    place: "gateway-to-backend",
    text: "The backend was away for longer than gateways try again (max_elapsed_time), and they dropped the item.",
    ...core(8382),
  },
  overflow: {
    name: "queue-overflow",
    place: "gateway-queue",
    text: "The backend was away, and gateways drop what their sending queue has no room for.",
    ...core(4194),
  },
} as const satisfies Record<string, LossRule>;
/** The rules of a gateway's death. */
type GatewayRule = "memory" | "transport" | "batch" | "queue";

/** A rule as evidence shows it. */
export const ruleText = ({ text, upstream }: LossRule): string => `${text} (${upstream})`;

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
