/** Traffic without a fault, judged before the first one: whether the predictions fit this deployment. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openHistory } from "../history/open-history.js";
import { sealHistory } from "../history/write-history.js";
import { judgeCalibration } from "../invariants/judge.js";
import { seconds } from "../model/durations.js";
import { longestHoldMs } from "../oracle/holds.js";
import { HISTORY_DIR } from "./analyze.js";
import { calibrationClock, tracesToBegin } from "./calibration-clock.js";
import type { Deployed } from "./deploy.js";
import { fetchJournals } from "./journals.js";
import { followLoad, type Look } from "./live-status.js";
import { historyInput, type Run } from "./run-state.js";

/** What a trace's last span and its answer may be late. */
const SEND_MS = seconds(1);
/** How much longer than planned a generator may take to begin the traces of the calibration. */
const PATIENCE = 2;

/** From a trace's first send to the last moment at which it may arrive. */
const traceRestMs = ({ scenario, facts }: Run): number =>
  scenario.workload.spreadTraceOverMs + SEND_MS + longestHoldMs(facts);

/** The longest that calibration may take. */
export function calibrationMs(run: Run): number {
  const { minTraces, atMostMs = Infinity } = run.scenario.calibration;
  const beginMs =
    (PATIENCE * tracesToBegin(minTraces) * 1_000) / run.scenario.workload.tracesPerSecond;
  return Math.min(atMostMs, beginMs + traceRestMs(run));
}

/** Sends without faults and judges what arrived: whether the predictions fit this deployment. */
export async function calibrate(run: Run, { observers, agents }: Deployed): Promise<boolean> {
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
    const sealed = join(scratch, HISTORY_DIR);
    await sealHistory(sealed, { ...historyInput(run, agents), journals });
    const history = await openHistory(sealed);
    const result = await judgeCalibration(history).finally(() => history.close());
    const line = `calibration ${result.verdict}: ${result.reason}`;
    if (result.verdict === "pass") progress.event(line);
    else progress.warn(line);
    return result.verdict === "pass";
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
