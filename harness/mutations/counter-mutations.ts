/** Defects of what the collectors say about themselves. */
import type { Ground } from "./ground.js";
import { MISCOUNTED, MISINFORMED, type Mutation } from "./mutation.js";

const tell = (g: Ground, value: string, where: string): Promise<void> =>
  g.change(["self_telemetry"], `UPDATE self_telemetry SET value = ${value} WHERE ${where}`);

/** A gateway that lived through. */
const gateway = (g: Ground): string =>
  `pod = (SELECT any_value(pod) FROM topology
     WHERE source = 'pod' AND ip = '${g.victims.otherGateway}')`;
const AGENT = "pod = (SELECT min(pod) FROM self_telemetry WHERE tier = 'agent')";

const BACKENDS = "metric = 'otelcol_loadbalancer_num_backends'";
const after = (g: Ground, ms: number): string => `at_ms > ${String(g.victims.faultMs + ms)}`;
const between = (g: Ground, fromMs: number, toMs: number): string =>
  `at_ms BETWEEN ${String(g.victims.faultMs + fromMs)} AND ${String(g.victims.faultMs + toMs)}`;

export const COUNTER_MUTATIONS: readonly Mutation[] = [
  {
    says: "an agent counted one span more than it acknowledged",
    plant: (g) => tell(g, "value + 1", `${AGENT} AND metric = 'otelcol_receiver_accepted_spans'`),
    caughtBy: MISCOUNTED,
  },
  {
    says: "an agent counted one log record less than it acknowledged",
    plant: (g) =>
      tell(g, "value - 1", `${AGENT} AND metric = 'otelcol_receiver_accepted_log_records'`),
    caughtBy: MISCOUNTED,
  },
  {
    says: "a gateway says that it sent one span more than the backend got",
    plant: (g) => tell(g, "value + 1", `${gateway(g)} AND metric = 'otelcol_exporter_sent_spans'`),
    caughtBy: MISCOUNTED,
  },
  {
    says: "a gateway says that it sent one metric point less than the backend got",
    plant: (g) =>
      tell(g, "value - 1", `${gateway(g)} AND metric = 'otelcol_exporter_sent_metric_points'`),
    caughtBy: MISCOUNTED,
  },
  {
    says: "a gateway decided to keep one trace more than came from it",
    plant: (g) =>
      tell(
        g,
        "value + 1",
        `${gateway(g)} AND metric LIKE '%global_count_traces_sampled' AND labels LIKE '%true%'`,
      ),
    caughtBy: MISCOUNTED,
  },
  {
    says: "a gateway evicted a trace before it had decided",
    plant: (g) => tell(g, "1", `${gateway(g)} AND metric LIKE '%trace_dropped_too_early'`),
    caughtBy: MISCOUNTED,
  },
  {
    says: "nobody scraped the collectors after the fault",
    plant: (g) => g.change(["self_telemetry"], `DELETE FROM self_telemetry WHERE ${after(g, 0)}`),
    caughtBy: { "counters-agree": "inconclusive", "re-resolution": "inconclusive" },
  },
  {
    says: "the agents were never scraped",
    plant: (g) => g.change(["self_telemetry"], "DELETE FROM self_telemetry WHERE tier = 'agent'"),
    caughtBy: { "counters-agree": "inconclusive", "re-resolution": "inconclusive" },
  },
  {
    says: "one agent was not scraped after the fault",
    plant: (g) =>
      g.change(["self_telemetry"], `DELETE FROM self_telemetry WHERE ${AGENT} AND ${after(g, 0)}`),
    caughtBy: { "re-resolution": "inconclusive" },
  },
  {
    says: "an agent never learned of the new gateway",
    plant: (g) => tell(g, "2", `${AGENT} AND ${BACKENDS} AND ${after(g, 40_000)}`),
    caughtBy: MISINFORMED,
  },
  {
    says: "an agent knew a gateway more than there ever were",
    plant: (g) => tell(g, "4", `${AGENT} AND ${BACKENDS} AND ${between(g, 3_000, 10_000)}`),
    caughtBy: MISINFORMED,
  },
  {
    says: "an agent knew no gateway for a moment",
    plant: (g) => tell(g, "0", `${AGENT} AND ${BACKENDS} AND ${between(g, 3_000, 10_000)}`),
    caughtBy: MISINFORMED,
  },
];
