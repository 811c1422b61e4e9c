/**
 * Times in which agents route late. Until release 0.97 the loadbalancing exporter locks its ring while the exporters of
 * gateways that are gone shut down, one after another, and each first sends all that it holds, ten requests at a time,
 * for as long as a request may take: a gateway that answers nobody holds up what is for the others.
 * Sources: contrib exporter/loadbalancingexporter/loadbalancer.go (onBackendChanges, removeExtraExporters) at v0.96.0
 * and v0.115.0; core exporter/exporterhelper/queue_sender.go and exporter/internal/queue/consumers.go at v0.96.0.
 */
import type { TopologyEvent } from "../model/history.js";
import type { AgentFacts } from "./deployment-facts.js";
import { isRouted, knownByMs, WATCH_LAG_MS, type DnsTrouble } from "./epochs.js";
import { SLACK_MS } from "./holds.js";
import { outageOf, type Outage } from "./outages.js";

/** A time in which agents may hand on nothing at all. */
export interface Stall {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The stalls of a run, in order of time: from when a gateway in an outage leaves the Service until that outage is over
 * and the last request has failed. Empty for releases, and for exporters, that do not wait.
 */
export function stallsIn(
  events: readonly TopologyEvent[],
  outages: readonly Outage[],
  { resolver, exporter, waitsForTheGone }: AgentFacts,
  { lagMs, dns }: { readonly lagMs: number; readonly dns: readonly DnsTrouble[] },
): Stall[] {
  if (!waitsForTheGone || exporter.queue === null) return [];
  const serving = new Set<string>();
  return events.flatMap((event) => {
    if (event.source !== "endpoint" || event.service !== resolver.service) return [];
    if (isRouted(event, resolver)) serving.add(event.uid);
    else if (serving.delete(event.uid)) {
      const outage = outageOf(outages, event, event.atMs);
      if (outage === undefined) return [];
      const overMs = Math.max(knownByMs(event.atMs, lagMs, dns), outage.toMs);
      const toMs = overMs + exporter.timeoutMs + SLACK_MS;
      return [{ fromMs: event.atMs - WATCH_LAG_MS, toMs }];
    }
    return [];
  });
}

/** A time in which a node's agent may not have routed what it had. */
export interface Pause {
  readonly node: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** It may have routed by what it knew then; Infinity when it knew what there was. */
  readonly ringFromMs: number;
}

/**
 * The pauses of all agents, those of one node apart from each other: of a frozen one until it must have resolved anew,
 * and of each in a stall.
 */
export function pausesIn(
  outages: readonly Outage[],
  stalls: readonly Stall[],
  { agentNodes, lagMs }: { readonly agentNodes: readonly string[]; readonly lagMs: number },
): Pause[] {
  const frozen = outages
    .filter(({ kind }) => kind === "frozen")
    .flatMap(({ nodes, fromMs, toMs }) =>
      nodes.map((node) => ({ node, fromMs, toMs: toMs + lagMs, ringFromMs: fromMs })),
    );
  const stalled = agentNodes.flatMap((node) =>
    stalls.map((stall) => ({ node, ...stall, ringFromMs: Infinity })),
  );
  const pauses = [...frozen, ...stalled].sort((a, b) => a.fromMs - b.fromMs);
  const joined = new Map<string, Pause[]>();
  for (const pause of pauses) {
    const own = joined.get(pause.node) ?? [];
    const last = own.at(-1);
    joined.set(pause.node, own);
    if (last === undefined || last.toMs < pause.fromMs) own.push(pause);
    else {
      own[own.length - 1] = {
        ...last,
        toMs: Math.max(last.toMs, pause.toMs),
        ringFromMs: Math.min(last.ringFromMs, pause.ringFromMs),
      };
    }
  }
  return [...joined.values()].flat();
}

/** The nodes that have had an agent. */
export const agentNodesIn = (events: readonly TopologyEvent[]): string[] => [
  ...new Set(events.flatMap(({ tier, node }) => (tier === "agent" && node !== "" ? [node] : []))),
];
