/** How long each stage of a healthy deployment may hold an item: what explained-loss windows are made of. */
import { SAMPLING_TICK_MS } from "./collector-defaults.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import { routingLagMs } from "./epochs.js";

export interface Holds {
  readonly agentBatchMs: number;
  /** decision_wait and the tick on which it is noticed; 0 without tail sampling. */
  readonly decisionMs: number;
  readonly gatewayBatchMs: number;
  /** From a change of the gateway set to the agents' new ring. */
  readonly routingLagMs: number;
  /** Agent's batch, decision and gateway's batch. */
  readonly longestMs: number;
}

/** The longest over all signals. `corefile` is CoreDNS's configuration. */
export function holdsOf({ agent, gateway }: DeploymentFacts, corefile: string): Holds {
  const longest = (batches: Readonly<Record<string, { timeoutMs: number }>>): number =>
    Math.max(...Object.values(batches).map(({ timeoutMs }) => timeoutMs));
  const agentBatchMs = longest(agent.batch);
  const gatewayBatchMs = longest(gateway.batch);
  const { sampling } = gateway;
  const decisionMs = sampling === null ? 0 : sampling.decisionWaitMs + SAMPLING_TICK_MS;
  return {
    agentBatchMs,
    decisionMs,
    gatewayBatchMs,
    routingLagMs: routingLagMs(agent.resolver, corefile),
    longestMs: agentBatchMs + decisionMs + gatewayBatchMs,
  };
}
