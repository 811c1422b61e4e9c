/** One run, from the plan to the reports: the only place that wires the parts together. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { waitForAutoscalers } from "../cluster/autoscalers.js";
import { collectEvidence } from "../cluster/collect.js";
import { queuedRequests, watchSelfTelemetry } from "../cluster/self-telemetry.js";
import { watchTopology } from "../cluster/watch-topology.js";
import { faultOf } from "../faults/index.js";
import { unsealedHistory } from "../history/unsealed-history.js";
import { sealHistory, type HistoryInput } from "../history/write-history.js";
import { judgeCalibration } from "../invariants/judge.js";
import { minutes, seconds } from "../model/durations.js";
import { messageOf } from "../model/errors.js";
import { NAMESPACE, runIdOf } from "../model/ids.js";
import type { QuiesceRecord } from "../model/history.js";
import type { LoadOrder } from "../model/observer-api.js";
import { random } from "../model/random.js";
import type { RunRecord } from "../model/run-record.js";
import type { Scenario } from "../model/scenario.js";
import { BACKENDS } from "../model/signal.js";
import {
  deploymentFacts,
  samplingFactsOf,
  type DeploymentFacts,
} from "../oracle/deployment-facts.js";
import { longestHoldMs } from "../oracle/holds.js";
import { indexRun } from "../report/index-file.js";
import { analyze, HISTORY_DIR } from "./analyze.js";
import { calibrationClock, tracesToBegin } from "./calibration-clock.js";
import { writeContext } from "./context.js";
import { describeRun } from "./describe-run.js";
import { clearNamespace, deploy, waitForCollectors, type Deployed } from "./deploy.js";
import { runSchedule } from "./fault-schedule.js";
import { fetchJournals } from "./journals.js";
import { followLoad, lastReceiptMs, look, type Look } from "./live-status.js";
import { quiesce } from "./quiesce.js";
import { recorder, type Recorder } from "./recorder.js";
import { render } from "./render.js";
import type { Session } from "./session.js";
import { steadyRings } from "./steady-rings.js";
import { teardown, type Teardown } from "./teardown.js";

/** One run under way. */
interface Run {
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
  deployed?: Deployed;
  quiesce: QuiesceRecord | null;
}

const TELEMETRY_EVERY_MS = seconds(5);
/** Longest that saving what was seen may take after the run was broken off. */
const SAVE_MS = minutes(2);
/** What a trace's last span and its answer may be late. */
const SEND_MS = seconds(1);
/** How much longer than planned a generator may take to begin the traces of the calibration. */
const PATIENCE = 2;

/**
 * Performs one run on the session's cluster and resolves with its record and directory. The history is
 * sealed even when the run is broken off; then what broke it is thrown.
 */
export async function runScenario(
  scenario: Scenario,
  session: Session,
): Promise<{ record: RunRecord; directory: string }> {
  const run = await begin(scenario, session);
  const undo = teardown();
  let broken: Error | undefined;
  try {
    await experiment(run, undo);
  } catch (thrown) {
    broken = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
  }
  run.record.enter("heal");
  await undo.run(session.progress);
  await save(run);
  if (broken !== undefined) throw broken;
  run.record.enter("judge");
  const record = await analyze(run.directory);
  const { reportsDir, place } = session.options;
  await indexRun(reportsDir, run.directory, record, place);
  return { record, directory: run.directory };
}

/** Save point 1: what will be done. */
async function begin(scenario: Scenario, session: Session): Promise<Run> {
  const { options, cluster, signal, progress } = session;
  const startedAt = new Date();
  const runId = runIdOf(startedAt, options.seed);
  const directory = join(options.reportsDir, "runs", scenario.name, runId);
  const { audit, deployment, applied = deployment } = scenario;
  const renderedYaml = await render(cluster.kubectl, { deployment, audit }, signal);
  const appliedYaml =
    applied === deployment
      ? renderedYaml
      : await render(cluster.kubectl, { deployment: applied, audit }, signal);
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
    quiesce: null,
  };
}

/** Everything that touches the cluster, up to silence. */
async function experiment(run: Run, undo: Teardown): Promise<void> {
  const { session, record, scenario } = run;
  const { progress, signal, cluster } = session;
  const { client } = cluster;
  record.enter("deploy");
  const input = {
    client,
    renderedYaml: run.appliedYaml,
    observerImage: cluster.observerImage,
    runId: run.runId,
    audit: scenario.audit,
    progress,
    signal,
  };
  await clearNamespace(input);
  const watching = new AbortController();
  undo.before("stop watching", () => {
    watching.abort();
    return Promise.resolve();
  });
  await watchTopology(client, {
    namespace: NAMESPACE,
    onEvent: (event) => record.topology.push(event),
    signal: watching.signal,
  });
  const deployed = await deploy(input);
  run.deployed = deployed;
  watchSelfTelemetry(client, {
    namespace: NAMESPACE,
    intervalMs: TELEMETRY_EVERY_MS,
    onSample: (sample) => record.selfTelemetry.push(sample),
    signal: watching.signal,
  });

  await steadyRings(client, { headless: run.facts.agent.resolver.headless, progress, signal });
  record.enter("calibrate");
  const { generator, backends } = deployed.observers;
  undo.before("stop the load", () => generator.stop(AbortSignal.timeout(seconds(10))));
  await generator.load(loadOrder(run, deployed), signal);
  const seeing = waitForAutoscalers(client, { namespace: NAMESPACE, signal });
  // It is awaited when calibration has passed; one that breaks off first must not leave it unhandled.
  seeing.catch(() => undefined);
  if (await calibrate(run, deployed)) {
    await seeing;
    await waitForCollectors(client, { progress, signal });
    record.enter("load");
    const startMs = Date.now();
    for (const name of BACKENDS) {
      const behaviour = scenario.backends[name];
      if (behaviour !== undefined) await backends[name].behaviour(behaviour, signal);
    }
    const schedule = runSchedule({
      client,
      cluster: cluster.name,
      namespace: NAMESPACE,
      observers: deployed.observers,
      faults: scenario.faults,
      faultOf,
      startMs,
      loadMs: scenario.loadMs,
      spoil: session.spoil,
      random: random(session.options.seed),
      record: (event) => record.faults.push(event),
      undo,
      progress,
      signal,
    });
    const load = followLoad({
      observers: deployed.observers,
      progress,
      signal,
      topology: record.topology,
      deadlineMs: () => startMs + scenario.loadMs,
      next: "load ends",
      before: scenario.faults.flatMap(({ atMs, lastsMs, fault: { kind } }) => [
        { what: kind, atMs: startMs + atMs },
        ...(lastsMs === undefined
          ? []
          : [{ what: `${kind} heals`, atMs: startMs + atMs + lastsMs }]),
      ]),
    });
    await Promise.all([schedule, load]);
  }
  await settle(run, deployed);
}

function loadOrder(run: Run, { agents }: Deployed): LoadOrder {
  const { scenario, session, facts } = run;
  return {
    runId: run.runId,
    seed: String(session.options.seed),
    workload: scenario.workload,
    sampling: samplingFactsOf(facts),
    agents,
    // The harness ends the load by POST /stop; this is only the bound for a harness that died.
    durationMs: calibrationMs(run) + scenario.loadMs + minutes(5),
  };
}

/** From a trace's first send to the last moment at which it may arrive. */
const traceRestMs = ({ scenario, facts }: Run): number =>
  scenario.workload.spreadTraceOverMs + SEND_MS + longestHoldMs(facts);

/** The longest that calibration may take. */
function calibrationMs(run: Run): number {
  const { minTraces, atMostMs = Infinity } = run.scenario.calibration;
  const beginMs =
    (PATIENCE * tracesToBegin(minTraces) * 1_000) / run.scenario.workload.tracesPerSecond;
  return Math.min(atMostMs, beginMs + traceRestMs(run));
}

/** Sends without faults and judges what arrived: whether the predictions fit this deployment. */
async function calibrate(run: Run, { observers, agents }: Deployed): Promise<boolean> {
  const { progress, signal } = run.session;
  const ends = calibrationClock({
    minTraces: run.scenario.calibration.minTraces,
    tracesPerSecond: run.scenario.workload.tracesPerSecond,
    restMs: traceRestMs(run),
    latestMs: Date.now() + calibrationMs(run),
  });
  const deadlineMs = ({ generator }: Look) => ends(generator.startedTraces, Date.now());
  const { topology } = run.record;
  await followLoad({ observers, progress, signal, topology, deadlineMs, next: "judging it" });
  const scratch = join(run.directory, "calibration");
  await mkdir(scratch, { recursive: true });
  try {
    const journals = await fetchJournals(observers, scratch, signal);
    const history = await unsealedHistory({ ...historyInput(run, agents), journals });
    const result = await judgeCalibration(history).finally(() => history.close());
    const line = `calibration ${result.verdict}: ${result.reason}`;
    if (result.verdict === "pass") progress.event(line);
    else progress.warn(line);
    return result.verdict === "pass";
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Ends the load and waits for all collectors to be ready again, and for silence. */
async function settle(run: Run, { observers }: Deployed): Promise<void> {
  const { progress, signal, cluster } = run.session;
  const trouble = await collectorTrouble(run);
  await observers.generator.stop(signal);
  run.record.enter("quiesce");
  const drainedByMs = Date.now() + run.scenario.quiesceAtMostMs;
  await followLoad({
    observers,
    progress,
    signal,
    topology: run.record.topology,
    deadlineMs: () => drainedByMs,
    next: "deadline for open traces",
    done: ({ generator }) => generator.state === "done",
  });
  run.quiesce = await quiesce({
    loadEndedMs: Date.now(),
    holdMs: longestHoldMs(run.facts),
    atMostMs: run.scenario.quiesceAtMostMs,
    signal,
    lastReceiptMs: async () => lastReceiptMs(await look(observers, signal)),
    queued: () => queuedRequests(cluster.client, { namespace: NAMESPACE, signal }),
    onLook: (seen) => progress.status(seen),
  });
  if (trouble !== undefined) {
    run.quiesce = { ...run.quiesce, reached: false, lastSeen: trouble };
  }
}

/** What keeps the deployment from its steady state after everything was healed; undefined when nothing does. */
async function collectorTrouble({ session }: Run): Promise<string | undefined> {
  const { cluster, progress, signal } = session;
  try {
    await waitForCollectors(cluster.client, { progress, signal });
    return undefined;
  } catch (thrown) {
    signal.throwIfAborted();
    return messageOf(thrown);
  }
}

const historyInput = (run: Run, agents: Deployed["agents"]): Omit<HistoryInput, "journals"> => ({
  runId: run.runId,
  seed: String(run.session.options.seed),
  scenario: run.scenario,
  agents,
  corefile: run.session.cluster.corefile,
  renderedYaml: run.renderedYaml,
  topology: run.record.topology,
  faults: run.record.faults,
  phases: run.record.phases,
  selfTelemetry: run.record.selfTelemetry,
  quiesce: run.quiesce,
  generatorMaxLagMs: 0,
});

/** Save point 2: everything that was seen, sealed. Works after an interruption too, within a bound. */
async function save(run: Run): Promise<void> {
  const { cluster, progress } = run.session;
  run.record.enter("collect");
  const signal = AbortSignal.timeout(SAVE_MS);
  const namespaces = [NAMESPACE, "kube-system"];
  const missed = await collectEvidence(cluster.client, {
    namespaces,
    dir: join(run.directory, "logs"),
    signal,
  });
  for (const line of missed) progress.warn(line);
  if (run.deployed === undefined) return;
  const { observers, agents } = run.deployed;
  const dir = join(run.directory, "journals");
  await mkdir(dir, { recursive: true });
  const journals = await fetchJournals(observers, dir, signal);
  const { generator } = await look(observers, signal);
  await sealHistory(join(run.directory, HISTORY_DIR), {
    ...historyInput(run, agents),
    journals,
    generatorMaxLagMs: generator.maxLagMs,
  });
  await rm(dir, { recursive: true, force: true });
  await writeContext(run.directory, await describeRun(run));
}
