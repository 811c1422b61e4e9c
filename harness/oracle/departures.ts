/** Gateways whose address left the Service while they lived: agents drop what they hold for them all the same. */
import type { TopologyEvent } from "../model/history.js";
import { isRouted, knownByMs, WATCH_LAG_MS, type DnsTrouble, type Followed } from "./epochs.js";
import { UNREADY_LAG_MS, type Death } from "./deaths.js";
import { outageOf, type Outage } from "./outages.js";
import type { Stall } from "./stalls.js";

/**
 * A gateway for which agents may have held what they routed within [fromMs, toMs], or a node whose agent may have held
 * what it acknowledged then, for whomever. The other one is null.
 */
export interface HeldUp {
  readonly ip: string | null;
  readonly node: string | null;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Departure {
  readonly uid: string;
  readonly ip: string;
  /** Since when agents may have held what is for it: it need not have answered since. */
  readonly sinceMs: number;
  /** When the watch saw its address go. */
  readonly atMs: number;
}

/**
 * The departures from a Service that no death explains, in order of time. An endpoint that is not ready was reached
 * by a probe last `unreadyAfterMs` before (deployment-facts.ts); one in an outage may have been out of reach since that
 * began; one that the resolver kept although it was not ready, since the watch first saw it so.
 */
export function departuresIn(
  events: readonly TopologyEvent[],
  known: { readonly deaths: readonly Death[]; readonly outages: readonly Outage[] },
  { resolver, unreadyAfterMs }: { readonly resolver: Followed; readonly unreadyAfterMs: number },
): Departure[] {
  const serving = new Map<string, string>();
  const unreadySince = new Map<string, number>();
  return events.flatMap((event) => {
    if (event.source !== "endpoint" || event.service !== resolver.service) return [];
    const { uid, node, atMs } = event;
    const ip = serving.get(uid);
    const serves = isRouted(event, resolver);
    const isReady = isRouted(event, { keepsUnready: false });
    const unreadyMs = isReady ? atMs : (unreadySince.get(uid) ?? atMs);
    if (isReady) unreadySince.delete(uid);
    else unreadySince.set(uid, unreadyMs);
    if (serves) serving.set(uid, event.ip);
    else serving.delete(uid);
    if (ip === undefined || (serves && event.ip === ip)) return [];
    if (known.deaths.some((death) => explains(death, event))) return [];
    const outageMs = outageOf(known.outages, { uid, node }, atMs)?.fromMs ?? Infinity;
    const sinceMs = Math.min(unreadyMs - unreadyAfterMs - WATCH_LAG_MS, outageMs);
    return [{ uid, ip, sinceMs, atMs }];
  });
}

/** A death has its own, narrower window. */
const explains = ({ uid, unlisted, fromMs, toMs }: Death, event: TopologyEvent): boolean =>
  uid === event.uid && unlisted && fromMs <= event.atMs && event.atMs <= toMs + UNREADY_LAG_MS;

/**
 * Agents hold what is for a gateway that is about to depart, and for one in an outage until that is over; a frozen
 * agent holds everything, and so does each in a stall.
 */
export function heldUpIn(
  departures: readonly Departure[],
  outages: readonly Outage[],
  {
    topology,
    lagMs,
    dns = [],
    stalls = [],
    agentNodes = [],
  }: {
    readonly topology: readonly TopologyEvent[];
    readonly lagMs: number;
    readonly dns?: readonly DnsTrouble[];
    readonly stalls?: readonly Stall[];
    readonly agentNodes?: readonly string[];
  },
): HeldUp[] {
  const gateways = topology.filter(
    ({ source, tier, ip }) => source === "pod" && tier === "gateway" && ip !== "",
  );
  const struck = outages.flatMap(({ nodes, uids, fromMs, toMs }) => {
    const own = gateways.filter(({ uid, node }) => uids.includes(uid) || nodes.includes(node));
    return [...new Set(own.map(({ ip }) => ip))].map((ip) => ({ ip, node: null, fromMs, toMs }));
  });
  const frozen = outages
    .filter(({ kind }) => kind === "frozen")
    .flatMap(({ nodes, fromMs, toMs }) => nodes.map((node) => ({ ip: null, node, fromMs, toMs })));
  const departed = departures.map(({ ip, sinceMs, atMs }) => ({
    ip,
    node: null,
    fromMs: sinceMs,
    toMs: knownByMs(atMs, lagMs, dns),
  }));
  const stalled = agentNodes.flatMap((node) =>
    stalls.map((stall) => ({ ip: null, node, ...stall })),
  );
  return [...departed, ...struck, ...frozen, ...stalled];
}
