/** When each collector pod was there, as the topology shows it. */
import type { TopologyEvent } from "../model/history.js";
import { deathsIn } from "../oracle/deaths.js";

export interface PodLife {
  readonly pod: string;
  readonly tier: "agent" | "gateway";
  readonly node: string;
  readonly ip: string;
  /** First seen. */
  readonly fromMs: number;
  /** When the pod was gone; Infinity for one that stayed. */
  readonly toMs: number;
  /** The latest that it, or its container, may have ended; null when it lived through. */
  readonly diedMs: number | null;
}

/** The pods of a tier, or of both, in the order in which they were seen. */
export function podLives(
  topology: readonly TopologyEvent[],
  ...tiers: readonly PodLife["tier"][]
): PodLife[] {
  const deaths = deathsIn(topology);
  const pods = topology.filter(({ source }) => source === "pod");
  return [...new Set(pods.map(({ uid }) => uid))].flatMap((uid) => {
    const own = pods.filter((event) => event.uid === uid);
    const [first] = own;
    const last = own.at(-1);
    if (first === undefined || last === undefined || first.tier === "observer") return [];
    if (!tiers.includes(first.tier)) return [];
    const ends = deaths.filter((death) => death.uid === uid).map(({ toMs }) => toMs);
    return [
      {
        pod: first.pod,
        tier: first.tier,
        node: last.node,
        ip: own.findLast(({ ip }) => ip !== "")?.ip ?? "",
        fromMs: first.atMs,
        toMs: last.change === "deleted" ? last.atMs : Infinity,
        diedMs: ends.length === 0 ? null : Math.max(...ends),
      },
    ];
  });
}
