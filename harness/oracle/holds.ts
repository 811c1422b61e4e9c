/** The longest that each stage of a healthy deployment holds an item: what explained-loss windows are made of. */
import { SIGNALS, type Signal } from "../model/signal.js";
import { SAMPLING_TICK_MS } from "./collector-defaults.js";
import type { DeploymentFacts } from "./deployment-facts.js";

/** Scheduling and network on a busy machine: between any two steps of the path. */
export const SLACK_MS = 2_000;

/** From an agent's answer to the moment when it has routed the item. */
export const routedWithinMs = ({ agent }: DeploymentFacts, signal: Signal): number =>
  agent.batch[signal].timeoutMs + SLACK_MS;

/**
 * From an agent's answer to the moment when a gateway has the item: what goes wrong with the agent until then takes
 * the item along. It waits in the agent's batch, then for its sub-exporter's one request to be answered.
 */
export const inAgentMs = (facts: DeploymentFacts, signal: Signal): number =>
  routedWithinMs(facts, signal) + facts.agent.exporter.timeoutMs;

/** From an agent's answer to the receipt: both batches, the sampling decision and the tick that notices it. */
export function holdMs(facts: DeploymentFacts, signal: Signal): number {
  const { sampling, batch } = facts.gateway;
  const decisionMs =
    signal === "traces" && sampling !== null ? sampling.decisionWaitMs + SAMPLING_TICK_MS : 0;
  return routedWithinMs(facts, signal) + decisionMs + batch[signal].timeoutMs + SLACK_MS;
}

/** The same over all signals. */
export const longestHoldMs = (facts: DeploymentFacts): number =>
  Math.max(...SIGNALS.map((signal) => holdMs(facts, signal)));
