/** The collector pods of a run with the counters of their last scrape. */
import type { Judged } from "./classify.js";
import { podLives, type PodLife } from "./pod-lives.js";

export interface PodCounters extends PodLife {
  /** Unix ms of its last scrape; -Infinity without one. */
  readonly scrapedMs: number;
  /**
   * Sum of a metric over its series in the last scrape, or over those whose labels contain a text; null when there
   * is none.
   */
  sum(metric: string, label?: string): number | null;
}

/** Every agent and gateway pod of the topology. */
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
  return podLives(topology, "agent", "gateway").map((life) => {
    const scraped = samples.filter(({ pod }) => pod === life.pod);
    return {
      ...life,
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
