/** The ways in which a deployment may lose what it acknowledged, as a table; loss-windows.ts says when each holds. */
import type { LossPlace } from "../model/accounting.js";

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
  crowdedOut: {
    name: "agent-queue-overflow",
    place: "agent",
    text: "An agent was held up, and then had more requests at once than its queue for one gateway takes.",
    ...contrib(31602),
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

/** A rule as evidence shows it. */
export const ruleText = ({ text, upstream }: LossRule): string => `${text} (${upstream})`;
