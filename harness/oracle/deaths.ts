/** Collector pods that ended, as the topology shows it: a fault's own record is not enough. */
import type { TopologyEvent } from "../model/history.js";
import { isRouted, WATCH_LAG_MS, type Followed } from "./epochs.js";
import { outageOf, type Outage } from "./outages.js";

export interface Death {
  readonly tier: "agent" | "gateway";
  readonly pod: string;
  readonly uid: string;
  readonly ip: string;
  readonly node: string;
  /** `gone`: the pod and its emptyDir are gone. `restarted`: its container began anew, memory lost. */
  readonly kind: "gone" | "restarted";
  /** Whether its address left the Service: always when gone, and when its pod was unready while it restarted. */
  readonly unlisted: boolean;
  /** When the watch saw it. */
  readonly seenMs: number;
  /** Since when its pod was on its way out before; null for one that was not asked to stop. */
  readonly askedMs?: number | null;
  /** The process ended within [fromMs, toMs]. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** The kubelet ends the containers of a pod that was deleted by force this much later at most. */
const KILL_LAG_MS = 3_000;
/** A restart shows in the pod's status this much later at most, when the kubelet starts the container at once. */
const RESTART_SEEN_LAG_MS = 10_000;
/** A container that ended makes its pod not ready this much later at most. */
export const UNREADY_LAG_MS = 3_000;

/** What the watch knew of a pod so far. */
interface Known {
  readonly last: TopologyEvent;
  readonly terminatingMs: number | undefined;
  /** Since when it is not ready; Infinity while it is. */
  readonly unreadyMs: number;
}

/**
 * All deaths of agents and gateways, in order of time. `resolver`: whose endpoints count; without it, any. A pod whose
 * node was killed ended with it, however late that shows: `outages` date the first death that shows since.
 * `preStopMs`: a gateway that is asked to stop goes on for so long, unless it is gone sooner.
 */
export function deathsIn(
  events: readonly TopologyEvent[],
  resolver?: Followed,
  outages: readonly Outage[] = [],
  preStopMs = 0,
): Death[] {
  const killed = outages.filter(({ kind }) => kind === "killed");
  const unlistedIn = (uid: string, fromMs: number, toMs: number): boolean =>
    events.some(
      (event) =>
        event.source === "endpoint" &&
        event.uid === uid &&
        (resolver === undefined || event.service === resolver.service) &&
        !isRouted(event, resolver ?? { keepsUnready: false }) &&
        event.atMs >= fromMs &&
        event.atMs <= toMs + UNREADY_LAG_MS,
    );
  const deaths: Death[] = [];
  const before = new Map<string, Known>();
  /** Pods whose end in an outage has been seen. */
  const dated = new Set<string>();
  const nodeDeath = (event: TopologyEvent): Outage | undefined => {
    const outage = outageOf(killed, event, event.atMs);
    const key = `${event.uid} ${String(outage?.fromMs)}`;
    if (outage === undefined || dated.has(key)) return undefined;
    dated.add(key);
    return outage;
  };
  const pods = events.filter(({ source }) => source === "pod").sort((a, b) => a.atMs - b.atMs);
  for (const event of pods) {
    const { tier, uid } = event;
    if (tier === "observer") continue;
    const known = before.get(uid);
    const terminatingMs = known?.terminatingMs ?? (event.terminating ? event.atMs : undefined);
    const ip = event.ip === "" ? (known?.last.ip ?? "") : event.ip;
    const where = { tier, pod: event.pod, uid, ip, node: event.node, seenMs: event.atMs };
    if (event.change === "deleted") {
      // The process may end as soon as the deletion is asked for.
      const waitsMs = tier === "gateway" ? preStopMs : 0;
      const fromMs = Math.min((terminatingMs ?? event.atMs) + waitsMs, event.atMs) - WATCH_LAG_MS;
      deaths.push({
        ...where,
        askedMs: known?.terminatingMs ?? null,
        kind: "gone",
        unlisted: true,
        fromMs: Math.min(fromMs, nodeDeath(event)?.fromMs ?? Infinity),
        toMs: event.atMs + KILL_LAG_MS,
      });
    } else if (known !== undefined && event.restarts > known.last.restarts) {
      const outage = nodeDeath(event);
      // One that ends again and again is started later and later, and its pod is not ready all that time.
      const [fromMs, toMs] =
        outage === undefined
          ? [
              Math.min(event.atMs - RESTART_SEEN_LAG_MS, known.unreadyMs - UNREADY_LAG_MS),
              event.atMs,
            ]
          : [outage.fromMs, outage.struckMs];
      const unlisted = unlistedIn(uid, fromMs, toMs);
      // After a restart of its node a pod has another address.
      const oldIp = outage === undefined ? ip : known.last.ip;
      deaths.push({ ...where, ip: oldIp, kind: "restarted", unlisted, fromMs, toMs });
    }
    const unreadyMs = event.ready ? Infinity : Math.min(known?.unreadyMs ?? Infinity, event.atMs);
    before.set(uid, { last: { ...event, ip }, terminatingMs, unreadyMs });
  }
  return deaths;
}
