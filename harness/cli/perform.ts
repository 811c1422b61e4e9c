/** Performs planned runs on a cluster, tells whoever watches, and writes the reports. */
import { join } from "node:path";
import { suites } from "../../scenarios/suites.js";
import { HarnessError, Interrupted, messageOf, UsageError } from "../model/errors.js";
import { runIdOf } from "../model/ids.js";
import type { RunRecord } from "../model/run-record.js";
import type { Scenario } from "../model/scenario.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { runAsMocha } from "../mocha/adapter.js";
import { chooseReporters, type Reporters } from "../mocha/reporters.js";
import type { TitleFilter } from "../mocha/select.js";
import { reportToGitHub } from "../report/github.js";
import { alsoTelling, logFile } from "../report/log.js";
import type { SuiteRun } from "../report/suite-run.js";
import { closing, summary, summaryLine, type TerminalProgress } from "../report/terminal.js";
import { needsAttention } from "../report/verdict-words.js";
import { writeSuiteReports } from "../report/write-reports.js";
import { watchInterrupts } from "../run/interrupt.js";
import type { RunOptions } from "../run/options.js";
import { checkDeployments } from "../run/render.js";
import { runScenario } from "../run/run-scenario.js";
import { openBorrowedSession } from "../run/borrowed-session.js";
import { openSession, type SharedSession } from "../run/session.js";
import { demandOwner, withinReach } from "./borrowed.js";
import { brokenRun, directoryOf } from "./broken-run.js";
import { commandVerdict } from "./command-verdict.js";
import type { PlannedRun } from "./planned-runs.js";
import type { WithCollector } from "./run-target.js";
import type { FinishedRun } from "./suite-plan.js";
import { progressOf, type TerminalMode } from "./terminal-mode.js";

/** What a command has to do. */
export interface Job {
  readonly left: readonly { readonly planned: PlannedRun; readonly options: RunOptions }[];
  /** Of a suite that is resumed: they count, and are reported again. */
  readonly finished: readonly FinishedRun[];
  /** ID of the suite, for a command of several runs. */
  readonly suite: string | undefined;
  readonly controls: boolean;
  readonly shows: TitleFilter;
  readonly settings: WithCollector;
  readonly terminal: TerminalMode;
}

/** What came of the command so far. */
interface Outcome {
  readonly runs: { readonly scenario: Scenario; readonly run: SuiteRun }[];
  readonly troubles: unknown[];
}

/** Where a command speaks to people. */
interface Voice {
  readonly progress: TerminalProgress;
  readonly reporters: Reporters;
  /** Prints what people read: beside data on standard output, on standard error. */
  readonly say: (text: string) => void;
  /** Closes the log file. */
  readonly end: () => Promise<void>;
}

/** Resolves with the exit code; throws what broke the harness, after the reports are written. */
export async function perform(job: Job): Promise<ExitCode> {
  const [first] = job.left;
  if (first === undefined) throw new UsageError("nothing is left to run");
  // Whatever command asks for the runs, a cluster that is not ours bears only what its owner has agreed to.
  demandOwner(job.settings);
  withinReach(
    job.left.map(({ planned }) => planned.scenario),
    job.settings,
    { named: true, tell: () => undefined },
  );
  const { reportsDir } = first.options;
  const voice = await voiceOf(job, first.options);
  const { progress } = voice;
  const interrupts = watchInterrupts(() => {
    progress.warn("interrupted: healing, saving the history, removing what is ours; again to stop");
  });
  const { signal } = interrupts;
  const startedAt = new Date();
  const runs = job.finished.map(({ planned, run }) => ({ scenario: planned.scenario, run }));
  const outcome: Outcome = { runs, troubles: [] };
  try {
    const scenarios = job.left.map(({ planned }) => planned.scenario);
    await checkDeployments(scenarios, first.options.borrowed?.namespace, signal);
    const { options } = first;
    const session =
      options.borrowed === undefined
        ? await openSession(options, progress, signal)
        : await openBorrowedSession(options, options.borrowed, progress, signal);
    progress.idle();
    try {
      await performAll(job, session, voice, outcome);
    } finally {
      await session.close(!signal.aborted && hasFailed(outcome, job));
    }
    progress.close();
  } catch (thrown) {
    progress.close("failed");
    outcome.troubles.push(thrown);
    // Of a cluster that could not be made, each run that it was for must tell.
    const noneBegan = outcome.runs.length === job.finished.length;
    if (noneBegan && !(thrown instanceof UsageError) && !signal.aborted) {
      for (const { planned, options } of job.left) {
        const run = brokenRun(thrown, planned, options, startedAt);
        outcome.runs.push({ scenario: planned.scenario, run });
      }
    }
  } finally {
    interrupts.stop();
  }
  await report(outcome, job, reportsDir, voice);
  await voice.end();
  return exitCode(outcome, job, signal.aborted);
}

/** The log of a command is beside the reports of its runs, under the name of its suite or of its only run. */
async function voiceOf(
  { settings, terminal, suite }: Job,
  { reportsDir, seed }: RunOptions,
): Promise<Voice> {
  const name = suite ?? runIdOf(new Date(), seed);
  const names = settings.reporter ?? (settings.quiet ? [] : ["spec"]);
  const reporters = await chooseReporters(names, reportsDir);
  const { log, end } = await logFile(join(reportsDir, "logs", `${name}.ndjson`));
  const progress = alsoTelling(progressOf(terminal), log);
  const out = reporters.stdoutIsData ? process.stderr : process.stdout;
  return { progress, reporters, say: (text) => void out.write(text), end };
}

const performAll = (
  job: Job,
  session: SharedSession,
  voice: Voice,
  outcome: Outcome,
): Promise<number> =>
  runAsMocha(
    job.left.map(({ planned, options }) => ({
      ...planned,
      execute: () => execute({ planned, options }, session, job, voice, outcome),
    })),
    {
      shows: job.shows,
      reporters: voice.reporters,
      colour: job.terminal.colour.stdout,
      controls: job.controls,
      signal: session.signal,
      isLast: (record) => {
        if (!job.settings.bail && !job.settings.untilFail) return false;
        return record === undefined || commandVerdict([record], job.controls) !== "pass";
      },
    },
  );

/** One run. The line is given back before anybody else, mocha among them, writes. */
async function execute(
  { planned, options }: Job["left"][number],
  session: SharedSession,
  { settings, terminal }: Job,
  { progress, say }: Voice,
  { runs, troubles }: Outcome,
): Promise<RunRecord> {
  const { scenario, repetition } = planned;
  const startedAt = new Date();
  try {
    const { record, directory } = await runScenario(scenario, await session.forRun(options));
    progress.idle();
    runs.push({ scenario, run: { kind: "judged", record, runDir: directory, repetition } });
    const style = { colour: terminal.colour.stdout };
    say(settings.quiet ? summaryLine(record, directory) : summary(record, directory, style));
    return record;
  } catch (thrown) {
    progress.idle("failed");
    troubles.push(thrown);
    if (!session.signal.aborted) {
      const run = brokenRun(thrown, planned, options, startedAt);
      const runDir = await directoryOf(scenario.name, options, startedAt);
      runs.push({ scenario, run: { ...run, runDir } });
    }
    throw thrown;
  }
}

async function report(
  { runs }: Outcome,
  { finished, left, controls, suite, terminal, settings }: Job,
  reportsDir: string,
  { say }: Voice,
): Promise<void> {
  if (runs.length > 0) {
    const all = runs.map(({ run }) => run);
    const overview = await writeSuiteReports(reportsDir, all);
    await reportToGitHub(
      runs.map(({ scenario, run }) => ({ run, scenarioFile: fileOf(scenario) })),
      overview,
      process.env,
      (line) => say(`${line}\n`),
    );
    // What makes the command fail comes last: of a suite's controls, those that were not found out.
    const failing = all.filter(controls ? needsAttention : notPassed);
    if (!settings.quiet) say(closing(failing, { colour: terminal.colour.stdout }));
  }
  const judged = runs.filter(({ run }) => run.kind === "judged").length;
  const open = finished.length + left.length - judged;
  if (suite !== undefined && open > 0) {
    say(`\n${String(open)} runs of the suite are left: npx chaos run --resume ${suite}\n`);
  }
}

const notPassed = (run: SuiteRun): boolean =>
  run.kind === "broken" || run.record.verdict !== "pass";

const fileOf = ({ name }: Scenario): string =>
  suites.controls.some((control) => control.name === name)
    ? `scenarios/controls/${name}.ts`
    : `scenarios/${name}.ts`;

const verdictOf = ({ runs }: Outcome, { controls }: Job) =>
  commandVerdict(
    runs.flatMap(({ run }) => (run.kind === "judged" ? [run.record] : [])),
    controls,
  );

const hasFailed = (outcome: Outcome, job: Job): boolean =>
  outcome.troubles.length > 0 || verdictOf(outcome, job) !== "pass";

/** Interruption, then trouble, then the verdicts. */
function exitCode(outcome: Outcome, job: Job, interrupted: boolean): ExitCode {
  if (interrupted) throw new Interrupted("interrupted");
  const [trouble] = outcome.troubles;
  if (trouble !== undefined) {
    throw trouble instanceof Error ? trouble : new HarnessError(messageOf(trouble));
  }
  return EXIT[verdictOf(outcome, job)];
}
