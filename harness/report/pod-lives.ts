/** Lives of pods and sets of gateways, from what the topology watch saw. */
import type { TopologyEvent } from "../model/history.js";
import type { GatewaySet, PodLife, PodState } from "./series.js";

/** One life a pod UID, gateways first, each in order of appearance. Those that go on end at `endMs`. */
export function podLives(events: readonly TopologyEvent[], endMs: number): readonly PodLife[] {
  const byUid = new Map<string, TopologyEvent[]>();
  for (const event of inOrder(events, "pod")) {
    byUid.set(event.uid, [...(byUid.get(event.uid) ?? []), event]);
  }
  const lives = [...byUid.values()].map((own) => lifeOf(own, endMs));
  const rank = { gateway: 0, agent: 1, observer: 2 };
  return lives.sort((a, b) => rank[a.tier] - rank[b.tier]);
}

function lifeOf(events: readonly TopologyEvent[], endMs: number): PodLife {
  const states: { atMs: number; state: PodState }[] = [];
  const known = (pick: (event: TopologyEvent) => string): string =>
    events.map(pick).findLast((text) => text !== "") ?? "";
  for (const event of events) {
    const state = stateOf(event);
    if (event.change !== "deleted" && state !== states.at(-1)?.state) {
      states.push({ atMs: event.atMs, state });
    }
  }
  const last = events.at(-1);
  const deleted = last?.change === "deleted";
  return {
    pod: known(({ pod }) => pod),
    uid: known(({ uid }) => uid),
    tier: last?.tier ?? "gateway",
    node: known(({ node }) => node),
    ip: known(({ ip }) => ip),
    states,
    endMs: deleted ? last.atMs : Math.max(endMs, last?.atMs ?? endMs),
    deleted,
    restarts: Math.max(0, ...events.map(({ restarts }) => restarts)),
  };
}

const stateOf = ({ ready, terminating }: TopologyEvent): PodState =>
  terminating ? "terminating" : ready ? "ready" : "not-ready";

/** Every set of ready gateways in the EndpointSlices, at the time when it came about. */
export function gatewaySets(events: readonly TopologyEvent[]): readonly GatewaySet[] {
  const present = new Map<string, string>();
  const sets: GatewaySet[] = [];
  for (const event of inOrder(events, "endpoint")) {
    const key = `${event.service} ${event.uid} ${event.ip}`;
    const routable = event.change !== "deleted" && event.ready && !event.terminating;
    if (routable) present.set(key, event.pod);
    else present.delete(key);
    const gateways = [...new Set(present.values())].sort();
    if (gateways.join(" ") !== sets.at(-1)?.gateways.join(" ")) {
      sets.push({ atMs: event.atMs, gateways });
    }
  }
  return sets;
}

const inOrder = (
  events: readonly TopologyEvent[],
  source: TopologyEvent["source"],
): readonly TopologyEvent[] =>
  events.filter((event) => event.source === source).sort((a, b) => a.atMs - b.atMs);
