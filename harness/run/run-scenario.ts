/** One run, from the plan to the reports: the only place that wires the parts together. */
import { waitForAutoscalers } from "../cluster/autoscalers.js";
import { watchSelfTelemetry } from "../cluster/self-telemetry.js";
import { watchTopology } from "../cluster/watch-topology.js";
import { faultOf } from "../faults/index.js";
import { minutes, seconds } from "../model/durations.js";
import { messageOf } from "../model/errors.js";
import { describeFault } from "../model/fault.js";
import type { LoadOrder } from "../model/observer-api.js";
import { random } from "../model/random.js";
import type { RunRecord } from "../model/run-record.js";
import type { Scenario } from "../model/scenario.js";
import { BACKENDS } from "../model/signal.js";
import { samplingFactsOf } from "../oracle/deployment-facts.js";
import { gatewaySets } from "../oracle/epochs.js";
import { indexRun } from "../report/index-file.js";
import { analyze } from "./analyze.js";
import { calibrate, calibrationMs } from "./calibrate.js";
import { provideCollectors } from "./provide-collectors.js";
import { deploy, waitForCollectors, type Deployed } from "./deploy.js";
import { runSchedule } from "./fault-schedule.js";
import { followLoad } from "./live-status.js";
import { begin, type Run } from "./run-state.js";
import { comeFirst } from "./priority.js";
import { save } from "./save.js";
import type { Session } from "./session.js";
import { settle } from "./settle.js";
import { steadyRings } from "./steady-rings.js";
import { teardown, type Teardown } from "./teardown.js";

const TELEMETRY_EVERY_MS = seconds(5);

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

/** Everything that touches the cluster, up to silence. */
async function experiment(run: Run, undo: Teardown): Promise<void> {
  const { session, record, scenario } = run;
  const { progress, signal, cluster } = session;
  const { client, namespace } = cluster;
  record.enter("deploy");
  await provideCollectors(run);
  await prepareFaults(run);
  const watching = new AbortController();
  const giveBackTurns = comeFirst();
  undo.before("stop watching", () => {
    watching.abort();
    giveBackTurns();
    return Promise.resolve();
  });
  await watchTopology(client, {
    namespace,
    onEvent: (event) => record.topology.push(event),
    onGap: (gap) => record.topologyGaps.push(gap),
    signal: watching.signal,
  });
  const deployed = await deploy({
    cluster,
    renderedYaml: run.appliedYaml,
    runId: run.runId,
    audit: scenario.audit,
    progress,
    signal,
  });
  run.deployed = deployed;
  watchSelfTelemetry(client, {
    namespace,
    intervalMs: TELEMETRY_EVERY_MS,
    onSample: (sample) => record.selfTelemetry.push(sample),
    signal: watching.signal,
  });

  const { generator } = deployed.observers;
  const { resolver } = run.facts.agent;
  const { kind, headless, hostname, intervalMs, timeoutMs } = resolver;
  const dns = {
    ask: () => generator.lookup(hostname, signal),
    gateways: () => gatewaySets(record.topology, resolver).at(-1)?.ips ?? [],
  };
  // A fixed list is whole from the start.
  if (kind !== "static") {
    await steadyRings(client, {
      ...{ namespace, headless, progress, signal },
      dns: kind === "dns" && headless ? dns : undefined,
      resolveMs: intervalMs + timeoutMs,
    });
  }
  record.enter("calibrate");
  undo.before("stop the load", () => generator.stop(AbortSignal.timeout(seconds(10))));
  await generator.load(loadOrder(run, deployed), signal);
  const seeing = waitForAutoscalers(client, { namespace, signal });
  // It is awaited when calibration has passed; one that breaks off first must not leave it unhandled.
  seeing.catch(() => undefined);
  if (await calibrate(run, deployed)) {
    await seeing;
    await waitForCollectors(cluster, { progress, signal });
    await underLoad(run, deployed, undo);
  }
  await settle(run, deployed);
}

/** What cannot be prepared may fail to strike; then the fault is on record as not proven, and only it. */
async function prepareFaults({ scenario, session }: Run): Promise<void> {
  const { progress, signal, cluster } = session;
  for (const { fault } of scenario.faults) {
    try {
      await faultOf(fault).prepare?.({ cluster: cluster.name, signal, progress });
    } catch (thrown) {
      signal.throwIfAborted();
      progress.warn(`${describeFault(fault)} may fail: ${messageOf(thrown)}`);
    }
  }
}

/** Faults strike and heal, and backends misbehave, while the load goes on. */
async function underLoad(run: Run, { observers }: Deployed, undo: Teardown): Promise<void> {
  const { session, record, scenario } = run;
  const { progress, signal, cluster, spoil } = session;
  record.enter("load");
  const startMs = Date.now();
  for (const name of BACKENDS) {
    const behaviour = scenario.backends[name];
    if (behaviour !== undefined) await observers.backends[name].behaviour(behaviour, signal);
  }
  const schedule = runSchedule({
    client: cluster.client,
    cluster: cluster.name,
    namespace: cluster.namespace,
    observers,
    faults: scenario.faults,
    faultOf,
    startMs,
    loadMs: scenario.loadMs,
    spoil,
    random: random(session.options.seed),
    record: (event) => record.faults.push(event),
    undo,
    progress,
    signal,
  });
  const load = followLoad({
    observers,
    progress,
    signal,
    topology: record.topology,
    deadlineMs: () => startMs + scenario.loadMs,
    next: "load ends",
    before: scenario.faults.flatMap(({ atMs, lastsMs, fault: { kind } }) => [
      { what: kind, atMs: startMs + atMs },
      ...(lastsMs === undefined ? [] : [{ what: `${kind} heals`, atMs: startMs + atMs + lastsMs }]),
    ]),
  });
  await Promise.all([schedule, load]);
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
