/** Bounds on when an item is routed, from the deployment's facts and CoreDNS's configuration. */
import type { TopologyEvent } from "../model/history.js";
import { gatewaySets, possibleRings, routingLagMs, type PossibleRing } from "./epochs.js";
import type { DeploymentFacts } from "./deployment-facts.js";

/** Every ring of a run with the time in which some agent may have routed by it. */
export function ringsOf(
  facts: DeploymentFacts,
  corefile: string,
  topology: readonly TopologyEvent[],
): PossibleRing[] {
  const { resolver, exporter } = facts.agent;
  return possibleRings(gatewaySets(topology, resolver.service), {
    lagMs: routingLagMs(resolver, corefile),
    stallMs: exporter.timeoutMs,
  });
}
