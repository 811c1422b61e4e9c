/** What a run would do, for --dry-run: no cluster, neither gRPC nor the Kubernetes client. */
import { findKubectl } from "kind-node";
import { formatDuration } from "../model/durations.js";
import { describeFault } from "../model/fault.js";
import type { SamplingFacts } from "../model/observer-api.js";
import { deploymentText, type Scenario } from "../model/scenario.js";
import { deploymentFacts, samplingFactsOf } from "../oracle/deployment-facts.js";
import { planSummary } from "../workload/plan-summary.js";
import type { RunOptions } from "./options.js";
import { checkDeployment } from "./render.js";

/** The guide's sampling, for a host that has no kubectl yet to render the deployment with. */
const GUIDE_SAMPLING: SamplingFacts = {
  percentage: 10,
  salt: "default-hash-seed",
  latencyThresholdMs: 2_000,
  decisionWaitMs: 30_000,
};
/** Where agents run is not known before there is a cluster; their number is. */
const AGENTS = ["worker-1", "worker-2", "worker-3"].map((node) => ({ node, endpoint: "" }));

interface Sampling {
  readonly facts: SamplingFacts;
  readonly from: string;
}

/**
 * The plan of each run as text: load by class, faults by time, the command that performs it. UsageError for a
 * deployment that cannot be rendered or read.
 */
export async function* describePlans(
  runs: readonly { readonly scenario: Scenario; readonly options: RunOptions }[],
): AsyncGenerator<string> {
  const kubectl = await findKubectl();
  const known = new Map<string, Sampling>();
  for (const { scenario, options } of runs) {
    const key = `${deploymentText(scenario)} ${String(scenario.audit)}`;
    const sampling = known.get(key) ?? (await samplingOf(scenario, kubectl));
    known.set(key, sampling);
    yield describePlan(scenario, options, sampling);
  }
}

async function samplingOf(scenario: Scenario, kubectl?: string): Promise<Sampling> {
  if (kubectl === undefined) {
    return { facts: GUIDE_SAMPLING, from: "the guide's: no kubectl to render the deployment with" };
  }
  const facts = samplingFactsOf(deploymentFacts(await checkDeployment(kubectl, scenario)));
  return { facts, from: "the rendered deployment's" };
}

const shortening = ({ shortenedFromMs }: Scenario): string =>
  shortenedFromMs === undefined ? "" : ` instead of ${formatDuration(shortenedFromMs)}`;

function describePlan(scenario: Scenario, options: RunOptions, sampling: Sampling): string {
  const { facts, from } = sampling;
  const { items, traces, requests } = planSummary({
    runId: "dry-run",
    seed: String(options.seed),
    workload: scenario.workload,
    sampling: facts,
    agents: AGENTS,
    durationMs: scenario.loadMs,
  });
  const lines = [
    `${scenario.name}: ${scenario.description}`,
    `  seed        ${String(options.seed)}`,
    `  deployment  ${deploymentText(scenario)}` +
      (scenario.applied === undefined ? "" : `; in truth ${scenario.applied} is applied`),
    ...(scenario.audit
      ? ["  audit       gateways send all that they get to an audit backend too, before sampling"]
      : []),
    `  sampling    ${String(facts.percentage)} %, decided after ${formatDuration(facts.decisionWaitMs)}: ${from}`,
    `  calibrate   at least ${String(scenario.calibration.minTraces)} traces without a fault`,
    `  load        ${formatDuration(scenario.loadMs)}${shortening(scenario)} in ${String(requests)} requests: ` +
      `${String(items.traces)} spans, ${String(items.metrics)} points, ${String(items.logs)} records`,
    `  traces      ${Object.entries(traces)
      .map(([name, count]) => `${String(count)} ${name}`)
      .join(", ")}`,
    ...scenario.faults.map(
      ({ atMs, lastsMs, fault }) =>
        `  at ${formatDuration(atMs).padEnd(8)} ${describeFault(fault)}` +
        (lastsMs === undefined ? "" : ` for ${formatDuration(lastsMs)}`),
    ),
    `  invariants  ${scenario.invariants.map(({ kind }) => kind).join(", ")}`,
    `  run it      ${options.rerunCommand(scenario.name)}`,
  ];
  return `${lines.join("\n")}\n\n`;
}
