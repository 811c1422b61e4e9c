/** Which gateways the agents may route to at any time: from what the cluster showed and how DNS is cached. */
import type { TopologyEvent } from "../model/history.js";
import type { Resolver } from "./resolver.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import { ipOf } from "./ring.js";
import type { Trouble } from "./backend-outages.js";

/** The gateways behind the resolver's Service, or all where it follows none, from `atMs` until the next set. */
export interface GatewaySet {
  readonly atMs: number;
  /** Addresses, sorted. */
  readonly ips: readonly string[];
}

/** A set of gateways and the time in which some agent may route by it. */
export interface PossibleRing {
  readonly ips: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** How much later than the cluster itself the watch, kube-proxy or CoreDNS may notice a change. */
export const WATCH_LAG_MS = 1_000;
/** The endpoints that the watch lists when it starts arrive one by one but are one set. */
const FIRST_LISTING_MS = 500;

/** The Service that a resolver follows, and what of it. */
export type Followed = Pick<Resolver, "service" | "keepsUnready">;

/** Whether the resolver counts the gateway of an endpoint in, after what the event shows. */
export const isRouted = (
  { change, ready, terminating }: TopologyEvent,
  { keepsUnready }: Pick<Followed, "keepsUnready">,
): boolean => change !== "deleted" && (keepsUnready || (ready && !terminating));

/** The sets over time; an empty set is none: the resolver keeps what it has when DNS has no answer. */
export function gatewaySets(events: readonly TopologyEvent[], followed: Followed): GatewaySet[] {
  const sets: GatewaySet[] = [];
  for (const { atMs, ips } of everySet(events, followed)) {
    const last = sets.at(-1);
    if (ips.length === 0 || ips.join() === last?.ips.join()) continue;
    const listing = last !== undefined && atMs - (sets[0]?.atMs ?? 0) < FIRST_LISTING_MS;
    if (listing) sets[sets.length - 1] = { atMs: last.atMs, ips };
    else sets.push({ atMs, ips });
  }
  return sets;
}

/** The times without any gateway: DNS has no answer, and agents keep what they knew, be it the last set or not. */
export function timesWithout(events: readonly TopologyEvent[], followed: Followed): DnsTrouble[] {
  if (followed.service === "") return [];
  const sets = everySet(events, followed);
  return sets.flatMap(({ atMs, ips }, index) =>
    ips.length === 0 ? [{ fromMs: atMs, toMs: sets[index + 1]?.atMs ?? Infinity }] : [],
  );
}

/** A fixed list follows no Service: there the pods themselves tell which gateways are ready. */
const tellsOf = ({ source, tier, service }: TopologyEvent, followed: Followed): boolean =>
  followed.service === ""
    ? source === "pod" && tier === "gateway"
    : source === "endpoint" && service === followed.service;

/** The empty ones too. */
function everySet(events: readonly TopologyEvent[], followed: Followed): GatewaySet[] {
  const changes = events
    .filter((event) => tellsOf(event, followed))
    .sort((a, b) => a.atMs - b.atMs);
  const routed = new Map<string, string>();
  const sets: GatewaySet[] = [];
  for (const [index, event] of changes.entries()) {
    if (isRouted(event, followed)) routed.set(event.uid, event.ip);
    else routed.delete(event.uid);
    // Events of one moment are one change.
    if (changes[index + 1]?.atMs === event.atMs) continue;
    const ips = [...new Set(routed.values())].sort();
    if (ips.join() !== sets.at(-1)?.ips.join()) sets.push({ atMs: event.atMs, ips });
  }
  return sets;
}

export interface RoutingDelays {
  /** Longest from a change in the cluster to the agents' new ring. */
  readonly lagMs: number;
  /** While the exporter of a removed gateway shuts down, everything that the agent holds waits this long. */
  readonly stallMs: number;
  /** What failed is routed anew so much later at most; 0 for agents that do not. */
  readonly rerouteMs?: number;
}

/**
 * Upper bound of the lag. dns: what CoreDNS may hold, one interval, one lookup, and the watch. k8s: the agents' own
 * watch, and that of what was seen. A static list never follows.
 */
export function routingLagMs(resolver: Resolver, corefile: string): number {
  const { kind, hostname, intervalMs, timeoutMs } = resolver;
  switch (kind) {
    case "static":
      return Infinity;
    case "k8s":
      return intervalMs + 2 * WATCH_LAG_MS;
    case "dns":
    case "other":
      return dnsCacheMs(corefile, hostname) + intervalMs + timeoutMs + WATCH_LAG_MS;
  }
}

/** A time in which DNS did not say what the gateways are, or there were none. */
export type DnsTrouble = Pick<Trouble, "fromMs" | "toMs">;

/** The times without DNS, or with answers of the past, by the faults' record; in order. */
export const dnsTroubles = (troubles: readonly Trouble[]): DnsTrouble[] =>
  troubles
    .filter(({ spec: { kind } }) => kind === "dns-outage" || kind === "dns-stale")
    .sort((a, b) => a.fromMs - b.fromMs);

/**
 * When the last agent knows of a change at `atMs`: the lag later, and when DNS was in trouble at any moment of that,
 * the lag after the trouble was over.
 */
export const knownByMs = (atMs: number, lagMs: number, troubles: readonly DnsTrouble[]): number =>
  troubles.reduce(
    (knownMs, { fromMs, toMs }) =>
      fromMs <= knownMs && toMs >= atMs ? Math.max(knownMs, toMs + lagMs) : knownMs,
    atMs + lagMs,
  );

/**
 * The times in which each set may be an agent's ring. A set that lacks a gateway of the one before may already
 * be the ring of items acknowledged a stall earlier, and any set that of items that were tried for so long.
 */
export function possibleRings(
  sets: readonly GatewaySet[],
  { lagMs, stallMs, rerouteMs = 0 }: RoutingDelays,
  troubles: readonly DnsTrouble[] = [],
): PossibleRing[] {
  return sets.map(({ atMs, ips }, index) => {
    const before = sets[index - 1];
    const removes = before?.ips.some((ip) => !ips.includes(ip)) ?? false;
    return {
      ips,
      // What was there before the watch began is not known; the first set stands for it.
      fromMs: before === undefined ? 0 : atMs - WATCH_LAG_MS - (removes ? stallMs : 0) - rerouteMs,
      toMs: knownByMs(sets[index + 1]?.atMs ?? Infinity, lagMs, troubles),
    };
  });
}

/** Every ring of a run, with the delays that the deployment's and CoreDNS's configuration allow. */
export function ringsOf(
  { agent: { resolver, exporter, balancer } }: DeploymentFacts,
  corefile: string,
  topology: readonly TopologyEvent[],
  troubles: readonly DnsTrouble[] = [],
): PossibleRing[] {
  if (resolver.kind === "static") {
    return [{ ips: resolver.fixed.map(ipOf).sort(), fromMs: 0, toMs: Infinity }];
  }
  const delays = {
    lagMs: routingLagMs(resolver, corefile),
    stallMs: exporter.timeoutMs,
    rerouteMs: exporter.queue === null ? balancer.retryForMs : 0,
  };
  return possibleRings(gatewaySets(topology, resolver), delays, troubles);
}

/** The rings of an item that was routed between two times. */
export const ringsWithin = <R extends PossibleRing>(
  rings: readonly R[],
  fromMs: number,
  toMs: number,
): R[] => rings.filter((ring) => ring.fromMs < toMs && fromMs < ring.toMs);

/**
 * How long CoreDNS may answer from its cache: 0 without the cache plugin or when it leaves the zone out, else
 * the smaller of the cache's cap (3600 s) and the record's TTL (kubernetes plugin: 5 s), both as configured.
 * Source: coredns plugin/cache and plugin/kubernetes README.
 */
export function dnsCacheMs(corefile: string, hostname: string): number {
  const lines = corefile.split("\n").map((line) => line.replace(/#.*/, "").trim());
  const cacheAt = lines.findIndex((line) => /^cache\b/.test(line));
  if (cacheAt === -1) return 0;
  const head = lines[cacheAt] ?? "";
  const block = head.endsWith("{") ? lines.slice(cacheAt + 1, lines.indexOf("}", cacheAt)) : [];
  const disabled = block.find((line) => /^disable\s+success\b/.test(line));
  if (disabled !== undefined && coversZone(disabled.split(/\s+/).slice(2), hostname)) return 0;
  const success = block.find((line) => /^success\b/.test(line))?.split(/\s+/) ?? [];
  const capSeconds = Number(success[2] ?? /^cache\s+(\d+)/.exec(head)?.[1] ?? 3_600);
  const minimumSeconds = Number(success[3] ?? 5);
  const ttlSeconds = Number(
    /^ttl\s+(\d+)/.exec(lines.find((l) => /^ttl\s/.test(l)) ?? "")?.[1] ?? 5,
  );
  return Math.max(Math.min(capSeconds, ttlSeconds), minimumSeconds) * 1_000;
}

/** No zone named = every zone. */
const coversZone = (zones: readonly string[], hostname: string): boolean =>
  zones.length === 0 ||
  zones.some((zone) => `.${hostname}`.endsWith(`.${zone.replace(/\.$/, "")}`));
