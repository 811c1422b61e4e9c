/** The frozen description of one experiment on the deployment. Data only: nothing here acts. */
import { behaviourTrouble, type BackendBehaviour } from "./behaviour.js";
import { minutes, seconds } from "./durations.js";
import { UsageError } from "./errors.js";
import type { FaultChoice } from "./draw-faults.js";
import type { ScheduledFault } from "./fault.js";
import type { InvariantKind, InvariantSpec } from "./invariant.js";
import type { BackendName, Signal } from "./signal.js";
import type { Verdict } from "./verdict.js";

export interface WorkloadSpec {
  readonly tracesPerSecond: number;
  readonly spansPerTrace: number;
  /** First to last send of an ordinary trace. */
  readonly spreadTraceOverMs: number;
  readonly metricPointsPerSecond: number;
  readonly logRecordsPerSecond: number;
  readonly signals: readonly Signal[];
}

export interface Scenario {
  readonly name: string;
  /** One sentence for `--list` and the report. */
  readonly description: string;
  readonly tags: readonly string[];
  /** A Kustomize directory under fixtures/deployments, or any other by its absolute path. */
  readonly deployment: string;
  /** A directory under fixtures/deployments: what it changes about `corrected` is laid over `deployment` instead. */
  readonly overlay?: string;
  /** The image of every collector, where the command line asked for another than the manifests name. */
  readonly collectorImage?: string;
  /**
   * For controls only: what is put into the cluster instead, behind the back of an oracle that reads `deployment`.
   * The predictions then do not fit, and the verdict must say so.
   */
  readonly applied?: string;
  readonly workload: WorkloadSpec;
  /** Traffic without a fault, sent and judged before the first fault. */
  readonly calibration: {
    readonly minTraces: number;
    /** The longest to wait for them; without it, what the load and the deployment's own settings need. */
    readonly atMostMs?: number;
  };
  /** Faults, counted from the moment when calibration has passed. */
  readonly faults: readonly ScheduledFault[];
  /** What the schedule of a run is drawn from by its seed; `faults` is empty until then. */
  readonly draws?: readonly FaultChoice[];
  /** Load goes on this long after calibration has passed (faults and recovery lie in it). */
  readonly loadMs: number;
  /** The load that the scenario is written with, where the command line asked for a shorter one. */
  readonly shortenedFromMs?: number;
  /** Deadline for silence after the load: receipts stopped and queues empty. */
  readonly quiesceAtMostMs: number;
  /** Whether gateways also send everything unsampled to an audit backend, which shows where a loss was. */
  readonly audit: boolean;
  /** Backends that misbehave from the moment when calibration has passed. */
  readonly backends: Partial<Record<BackendName, BackendBehaviour>>;
  readonly invariants: readonly InvariantSpec[];
  /** The verdict that this scenario must have; anything but `pass` marks a control. */
  readonly expect: {
    readonly verdict: Verdict;
    /** For a control: the invariant that must have this verdict. */
    readonly invariant?: InvariantKind;
    /** For a control: further invariants, and the verdict that each must have. */
    readonly also?: Partial<Record<InvariantKind, Verdict>>;
  };
}

export interface ScenarioInput {
  name: string;
  description: string;
  tags: readonly string[];
  deployment?: string;
  applied?: string;
  workload?: Partial<WorkloadSpec>;
  calibration?: { minTraces?: number; atMost?: number };
  faults?: readonly { at: number; lasts?: number; fault: ScheduledFault["fault"] }[];
  draws?: readonly FaultChoice[];
  load?: number;
  quiesce?: { atMost: number };
  audit?: boolean;
  backends?: Scenario["backends"];
  invariants: readonly InvariantSpec[];
  expect?: Scenario["expect"];
}

/** Known to be wrong: found out when it has the verdict that it expects, for the reason that it expects. */
export const isControl = ({ expect }: Scenario): boolean => expect.verdict !== "pass";

/** What a run puts under test: the same words for the same deployment, overlay and collector. */
export const deploymentText = ({
  deployment,
  overlay,
  collectorImage,
}: {
  readonly deployment: string;
  readonly overlay?: string | undefined;
  readonly collectorImage?: string | undefined;
}): string =>
  (overlay === undefined ? deployment : `${overlay} over ${deployment}`) +
  (collectorImage === undefined ? "" : ` with ${collectorImage}`);

/** 50 traces/s of 10 spans, 50 metric points/s, 100 log records/s. */
export const SMOKE_WORKLOAD: WorkloadSpec = {
  tracesPerSecond: 50,
  spansPerTrace: 10,
  spreadTraceOverMs: seconds(4),
  metricPointsPerSecond: 50,
  logRecordsPerSecond: 100,
  signals: ["traces", "metrics", "logs"],
};

/** A scenario with defaults filled in, checked and frozen. Throws UsageError on nonsense. */
export function scenario(input: ScenarioInput): Scenario {
  const { minTraces = 1_000, atMost } = input.calibration ?? {};
  const filled: Scenario = {
    name: input.name,
    description: input.description,
    tags: input.tags,
    deployment: input.deployment ?? "corrected",
    ...(input.applied === undefined ? {} : { applied: input.applied }),
    workload: { ...SMOKE_WORKLOAD, ...input.workload },
    calibration: { minTraces, ...(atMost === undefined ? {} : { atMostMs: atMost }) },
    faults: (input.faults ?? []).map(({ at, lasts, fault }) => ({
      atMs: at,
      ...(lasts === undefined ? {} : { lastsMs: lasts }),
      fault,
    })),
    ...(input.draws === undefined ? {} : { draws: input.draws }),
    loadMs: input.load ?? seconds(60),
    quiesceAtMostMs: input.quiesce?.atMost ?? minutes(3),
    audit: input.audit ?? false,
    backends: input.backends ?? {},
    invariants: input.invariants,
    expect: input.expect ?? { verdict: "pass" },
  };
  check(filled);
  return Object.freeze(filled);
}

function check(scenario: Scenario): void {
  const reject = (what: string): never => {
    throw new UsageError(`scenario "${scenario.name}": ${what}`);
  };
  if (!/^[a-z][a-z0-9-]*$/.test(scenario.name)) reject("name must be kebab-case");
  if (scenario.applied !== undefined && !isControl(scenario)) {
    reject("applies another deployment than the oracle reads, which only a control may do");
  }
  if (scenario.draws !== undefined && scenario.faults.length > 0) {
    reject("has faults and draws them too; give one");
  }
  if (scenario.invariants.length === 0) reject("has no invariant, so it could never fail");
  for (const { atMs, lastsMs = 0 } of scenario.faults) {
    const outside = (what: string, ms: number): never =>
      reject(`${what} at ${String(ms)} ms lies outside the load of ${String(scenario.loadMs)} ms`);
    if (atMs < 0 || atMs >= scenario.loadMs) outside("a fault", atMs);
    if (lastsMs < 0) reject("a fault cannot last less than 0 ms");
    if (atMs + lastsMs > scenario.loadMs) outside("the end of a fault", atMs + lastsMs);
  }
  for (const [name, behaviour] of Object.entries(scenario.backends)) {
    const trouble = behaviourTrouble(behaviour);
    if (trouble !== undefined) reject(`backend ${name}: ${trouble}`);
  }
  const { tracesPerSecond, spansPerTrace, metricPointsPerSecond, logRecordsPerSecond } =
    scenario.workload;
  for (const rate of [tracesPerSecond, metricPointsPerSecond, logRecordsPerSecond]) {
    if (!(rate > 0)) reject("every rate of the workload must be above 0");
  }
  if (spansPerTrace < 4) reject("spansPerTrace must be at least 4: a trace visits two agents");
}
