/** One run under way: what is known of it from the plan on, and what it has seen so far. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EnsuredImage } from "kind-node";
import type { HistoryInput } from "../history/write-history.js";
import type { QuiesceRecord } from "../model/history.js";
import { runIdOf } from "../model/ids.js";
import type { Scenario } from "../model/scenario.js";
import { deploymentFacts, type DeploymentFacts } from "../oracle/deployment-facts.js";
import type { Deployed } from "./deploy.js";
import { recorder, type Recorder } from "./recorder.js";
import { render } from "./render.js";
import type { Session } from "./session.js";

/** One run under way. */
export interface Run {
  readonly scenario: Scenario;
  readonly session: Session;
  readonly runId: string;
  readonly directory: string;
  /** What the oracle reads. */
  readonly renderedYaml: string;
  /** What is put into the cluster: the same, but for a control that says otherwise. */
  readonly appliedYaml: string;
  readonly facts: DeploymentFacts;
  readonly record: Recorder;
  readonly startedAt: Date;
  /** Images of collectors that the cluster did not have from the start. */
  collectors: readonly EnsuredImage[];
  deployed?: Deployed;
  quiesce: QuiesceRecord | null;
}

/** Save point 1: what will be done, in the directory of the run. */
export async function begin(scenario: Scenario, session: Session): Promise<Run> {
  const { options, cluster, signal, progress } = session;
  const startedAt = new Date();
  const runId = runIdOf(startedAt, options.seed);
  const directory = join(options.reportsDir, "runs", scenario.name, runId);
  const { deployment, applied = deployment } = scenario;
  const wanted = { ...scenario, namespace: cluster.borrowed && cluster.namespace };
  const renderedYaml = await render(cluster.kubectl, wanted, signal);
  const appliedYaml =
    applied === deployment
      ? renderedYaml
      : await render(cluster.kubectl, { ...wanted, deployment: applied }, signal);
  await mkdir(directory, { recursive: true });
  const plan = { runId, seed: String(options.seed), strict: options.strict, scenario };
  await writeFile(join(directory, "plan.json"), `${JSON.stringify(plan, null, 2)}\n`);
  progress.event(`${scenario.name}: seed ${String(options.seed)}, ${directory}`);
  return {
    scenario,
    session,
    runId,
    directory,
    renderedYaml,
    appliedYaml,
    facts: deploymentFacts(renderedYaml),
    record: recorder(progress),
    startedAt,
    collectors: [],
    quiesce: null,
  };
}

/** What the history of the run so far is made of, beside the journals. */
export const historyInput = (
  run: Run,
  agents: Deployed["agents"],
): Omit<HistoryInput, "journals"> => ({
  runId: run.runId,
  seed: String(run.session.options.seed),
  scenario: run.scenario,
  agents,
  corefile: run.session.cluster.corefile,
  renderedYaml: run.renderedYaml,
  topology: run.record.topology,
  topologyGaps: run.record.topologyGaps,
  faults: run.record.faults,
  phases: run.record.phases,
  selfTelemetry: run.record.selfTelemetry,
  quiesce: run.quiesce,
  generatorMaxLagMs: 0,
});
