/** The collector pods of a run with the counters of their last scrape. */
import { deathsIn } from "../oracle/deaths.js";
import type { Judged } from "./classify.js";

export interface PodCounters {
  readonly pod: string;
  readonly tier: "agent" | "gateway";
  readonly node: string;
  readonly ip: string;
  /** When the pod was gone; Infinity for one that stayed. */
  readonly toMs: number;
  /** The latest that it, or its container, may have ended; null when it lived through. */
  readonly diedMs: number | null;
  /** Unix ms of its last scrape; -Infinity without one. */
  readonly scrapedMs: number;
  /**
   * Sum of a metric over its series in the last scrape, or over those whose labels contain a text; null when there
   * is none.
   */
  sum(metric: string, label?: string): number | null;
}

/** Every agent and gateway pod that the topology or a scrape shows. */
export async function lastCounters({ history, topology }: Judged): Promise<PodCounters[]> {
  const samples = await history.query<{
    pod: string;
    metric: string;
    labels: string;
    value: number;
    atMs: number;
  }>(
    `SELECT pod, metric, labels, value, at_ms AS "atMs" FROM self_telemetry
     WHERE (pod, at_ms) IN (SELECT (pod, max(at_ms)) FROM self_telemetry GROUP BY pod)`,
  );
  const events = topology.filter(({ source, tier }) => source === "pod" && tier !== "observer");
  const deaths = deathsIn(topology);
  return [...new Set(events.map(({ uid }) => uid))].map((uid) => {
    const own = events.filter((event) => event.uid === uid);
    const [first] = own;
    const last = own.at(-1);
    const pod = first?.pod ?? "";
    const scraped = samples.filter((sample) => sample.pod === pod);
    const ends = deaths.filter((death) => death.uid === uid).map(({ toMs }) => toMs);
    return {
      pod,
      tier: first?.tier === "agent" ? "agent" : "gateway",
      node: last?.node ?? "",
      ip: own.findLast(({ ip }) => ip !== "")?.ip ?? "",
      toMs: last?.change === "deleted" ? last.atMs : Infinity,
      diedMs: ends.length === 0 ? null : Math.max(...ends),
      scrapedMs: scraped[0]?.atMs ?? -Infinity,
      sum: (metric, label = "") => {
        const series = scraped.filter(
          (sample) => sample.metric === metric && sample.labels.includes(label),
        );
        return series.length === 0 ? null : series.reduce((sum, { value }) => sum + value, 0);
      },
    };
  });
}
