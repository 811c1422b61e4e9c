/** What a run would do, for --dry-run: no cluster, neither gRPC nor the Kubernetes client. */
import { formatDuration } from "../model/durations.js";
import { describeFault } from "../model/fault.js";
import type { Scenario } from "../model/scenario.js";
import { planSummary } from "../workload/plan-summary.js";
import type { RunOptions } from "./options.js";

/** The guide's sampling: the exact configuration is read from the rendered deployment when the run begins. */
const GUIDE_SAMPLING = {
  percentage: 10,
  salt: "default-hash-seed",
  latencyThresholdMs: 2_000,
  decisionWaitMs: 30_000,
};
/** Where agents run is not known before there is a cluster; their number is. */
const AGENTS = ["worker-1", "worker-2", "worker-3"].map((node) => ({ node, endpoint: "" }));

/** The plan of one run as text: load by class, faults by time, the command that performs it. */
export function describePlan(scenario: Scenario, options: RunOptions): Promise<string> {
  const { items, traces, requests } = planSummary({
    runId: "dry-run",
    seed: String(options.seed),
    workload: scenario.workload,
    sampling: GUIDE_SAMPLING,
    agents: AGENTS,
    durationMs: scenario.loadMs,
  });
  const lines = [
    `${scenario.name}: ${scenario.description}`,
    `  seed        ${String(options.seed)}`,
    `  deployment  ${scenario.deployment}`,
    `  calibrate   at least ${String(scenario.calibration.minTraces)} traces without a fault`,
    `  load        ${formatDuration(scenario.loadMs)} in ${String(requests)} requests: ` +
      `${String(items.traces)} spans, ${String(items.metrics)} points, ${String(items.logs)} records`,
    `  traces      ${Object.entries(traces)
      .map(([name, count]) => `${String(count)} ${name}`)
      .join(", ")}`,
    ...scenario.faults.map(
      ({ atMs, fault }) => `  at ${formatDuration(atMs).padEnd(8)} ${describeFault(fault)}`,
    ),
    `  invariants  ${scenario.invariants.map(({ kind }) => kind).join(", ")}`,
    `  run it      ${options.rerunCommand(scenario.name)}`,
  ];
  return Promise.resolve(`${lines.join("\n")}\n\n`);
}
