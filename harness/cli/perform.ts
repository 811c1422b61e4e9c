/** Performs the selected scenarios on a cluster, tells whoever watches, and writes the reports. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { suites } from "../../scenarios/suites.js";
import { HarnessError, Interrupted, messageOf, UsageError } from "../model/errors.js";
import { runIdOf } from "../model/ids.js";
import type { RunRecord } from "../model/run-record.js";
import type { Scenario } from "../model/scenario.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { runAsMocha } from "../mocha/adapter.js";
import { reportToGitHub } from "../report/github.js";
import type { BrokenRun, SuiteRun } from "../report/suite-run.js";
import { closing, summary, terminalProgress, type TerminalProgress } from "../report/terminal.js";
import { needsAttention } from "../report/verdict-words.js";
import { writeSuiteReports } from "../report/write-reports.js";
import { watchInterrupts } from "../run/interrupt.js";
import type { RunOptions } from "../run/options.js";
import { checkDeployments } from "../run/render.js";
import { runScenario } from "../run/run-scenario.js";
import { openSession, type Session } from "../run/session.js";
import { commandVerdict } from "./command-verdict.js";
import type { Selection } from "./select.js";

/** What came of the command so far. */
interface Outcome {
  readonly runs: { readonly scenario: Scenario; readonly run: SuiteRun }[];
  readonly troubles: unknown[];
}

/** Resolves with the exit code; throws what broke the harness, after the reports are written. */
export async function perform(
  selection: Selection,
  options: RunOptions,
  reporter: string,
): Promise<ExitCode> {
  const progress = terminalProgress();
  const interrupts = watchInterrupts(() => {
    progress.warn("interrupted: healing, saving the history, removing what is ours; again to stop");
  });
  const { signal } = interrupts;
  const startedAt = new Date();
  const outcome: Outcome = { runs: [], troubles: [] };
  try {
    await checkDeployments(selection.scenarios, signal);
    const session = await openSession(options, progress, signal);
    progress.idle();
    try {
      await runAsMocha(selection.scenarios, {
        shows: selection.shows,
        reporter,
        controls: selection.controls,
        signal,
        execute: (scenario) => execute(scenario, session, progress, outcome),
      });
    } finally {
      await session.close();
    }
    progress.close();
  } catch (thrown) {
    progress.close("failed");
    outcome.troubles.push(thrown);
    // Of a cluster that could not be made, each run that it was for must tell.
    if (outcome.runs.length === 0 && !(thrown instanceof UsageError) && !signal.aborted) {
      for (const scenario of selection.scenarios) {
        outcome.runs.push({ scenario, run: brokenRun(thrown, scenario, options, startedAt) });
      }
    }
  } finally {
    interrupts.stop();
  }
  await report(outcome, options, selection.controls);
  return exitCode(outcome, selection, signal.aborted);
}

/** One run. The line is given back before anybody else, mocha among them, writes. */
async function execute(
  scenario: Scenario,
  session: Session,
  progress: TerminalProgress,
  { runs, troubles }: Outcome,
): Promise<RunRecord> {
  const startedAt = new Date();
  try {
    const { record, directory } = await runScenario(scenario, session);
    progress.idle();
    runs.push({ scenario, run: { kind: "judged", record, runDir: directory } });
    process.stdout.write(summary(record, directory));
    return record;
  } catch (thrown) {
    progress.idle("failed");
    troubles.push(thrown);
    if (!session.signal.aborted) {
      const run = brokenRun(thrown, scenario, session.options, startedAt);
      const runDir = await directoryOf(scenario, session.options, startedAt);
      runs.push({ scenario, run: { ...run, runDir } });
    }
    throw thrown;
  }
}

const brokenRun = (
  thrown: unknown,
  { name }: Scenario,
  { seed, rerunCommand }: RunOptions,
  startedAt: Date,
): BrokenRun => ({
  kind: "broken",
  scenario: name,
  seed: String(seed),
  command: rerunCommand(name),
  runDir: undefined,
  seconds: (Date.now() - startedAt.getTime()) / 1_000,
  message: messageOf(thrown),
  lastSeen: thrown instanceof HarnessError ? thrown.lastSeen : undefined,
  fix:
    thrown instanceof Error && "fix" in thrown && typeof thrown.fix === "string"
      ? thrown.fix
      : undefined,
});

/** The directory that the run made before it broke, if it came so far: names sort by time. */
async function directoryOf(
  { name }: Scenario,
  { reportsDir, seed }: RunOptions,
  startedAt: Date,
): Promise<string | undefined> {
  const directory = join(reportsDir, "runs", name);
  const newest = (await readdir(directory).catch(() => [])).sort().at(-1);
  return newest !== undefined && newest >= runIdOf(startedAt, seed)
    ? join(directory, newest)
    : undefined;
}

async function report(
  { runs }: Outcome,
  { reportsDir }: RunOptions,
  controls: boolean,
): Promise<void> {
  if (runs.length === 0) return;
  const suite = runs.map(({ run }) => run);
  await writeSuiteReports(reportsDir, suite);
  await reportToGitHub(
    runs.map(({ scenario, run }) => ({ run, scenarioFile: fileOf(scenario) })),
    process.env,
    (line) => process.stdout.write(`${line}\n`),
  );
  // What makes the command fail comes last: of a suite's controls, those that were not found out.
  const failing = controls ? needsAttention : notPassed;
  process.stdout.write(closing(suite.filter(failing)));
}

const notPassed = (run: SuiteRun): boolean =>
  run.kind === "broken" || run.record.verdict !== "pass";

const fileOf = ({ name }: Scenario): string =>
  suites.controls.some((control) => control.name === name)
    ? `scenarios/controls/${name}.ts`
    : `scenarios/${name}.ts`;

/** Interruption, then trouble, then the verdicts. */
function exitCode(
  { runs, troubles }: Outcome,
  { controls }: Selection,
  interrupted: boolean,
): ExitCode {
  if (interrupted) throw new Interrupted("interrupted");
  const [trouble] = troubles;
  if (trouble !== undefined) {
    throw trouble instanceof Error ? trouble : new HarnessError(messageOf(trouble));
  }
  return EXIT[
    commandVerdict(
      runs.flatMap(({ run }) => (run.kind === "judged" ? [run.record] : [])),
      controls,
    )
  ];
}
