/**
 * A synthetic run for tests: a gateway killed under load, its record and its series from one small
 * simulation.
 */
import type { RunRecord } from "../model/run-record.js";
import type { Verdict } from "../model/verdict.js";
import { sampleRecord } from "./sample-record.js";
import { simulate } from "./sample-simulation.js";
import type { ReportSeries } from "./series.js";
import type { BrokenRun } from "./suite-run.js";

export interface Sample {
  readonly record: RunRecord;
  readonly series: ReportSeries;
}

/**
 * `fail` plants one unexplained loss, `inconclusive` an unproven fault. `podName` replaces the
 * dead pod's name.
 */
export function sample(options: { verdict?: Verdict; podName?: string } = {}): Sample {
  const verdict = options.verdict ?? "pass";
  const simulation = simulate({
    deadPod: options.podName ?? "otel-gateway-5d9c7b6f4-k2x8p",
    plantUnexplained: verdict === "fail",
  });
  return { record: sampleRecord(simulation, verdict), series: simulation.series };
}

/** A run that ended before a verdict. */
export const sampleBroken: BrokenRun = {
  kind: "broken",
  scenario: "no-faults",
  seed: "1",
  command: "npx chaos run no-faults --seed 1",
  runDir: "reports/runs/no-faults/20260102T030405Z-1",
  seconds: 3,
  message: "Docker does not answer",
  lastSeen: "connection refused",
  fix: "start it",
};
