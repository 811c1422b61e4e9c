/** Scenario -> describe, invariant -> it: mocha's reporters work on runs as they do on tests. */
import { expect } from "chai";
import Mocha from "mocha";
import { HarnessError, UsageError } from "../model/errors.js";
import type { RunRecord } from "../model/run-record.js";
import { deploymentText, isControl, type Scenario } from "../model/scenario.js";
import { controlResult } from "../report/verdict-words.js";
import { together, type Reporters } from "./reporters.js";
import { suiteTitle, titlesOf, type TitleFilter } from "./select.js";

/** A run to come. */
export interface MochaRun {
  readonly scenario: Scenario;
  /** 1 for the first of its scenario. */
  readonly repetition: number;
  /** Performs it. What it throws fails the suite and is the caller's to keep. */
  readonly execute: () => Promise<RunRecord>;
}

export interface MochaOptions {
  readonly shows: TitleFilter;
  readonly reporters: Reporters;
  readonly colour: boolean;
  /** Controls must be found out; otherwise they are judged as any scenario. */
  readonly controls: boolean;
  readonly signal: AbortSignal;
  /** Whether nothing is to follow this run; undefined for one that broke. */
  readonly isLast: (record: RunRecord | undefined) => boolean;
}

/**
 * Performs the runs one after another as mocha suites. Resolves with the number of failed tests and hooks.
 * An aborted signal ends mocha after the test that it is in, `isLast` after the suite.
 */
export async function runAsMocha(
  runs: readonly MochaRun[],
  options: MochaOptions,
): Promise<number> {
  const { reporters, colour, signal } = options;
  const mocha = new Mocha({ reporter: together(reporters), color: colour, timeout: 0 });
  const ended = new AbortController();
  for (const run of runs) {
    addSuite(mocha, run, { ...options, title: titleAmong(runs, run), end: () => ended.abort() });
  }
  return new Promise((resolve) => {
    const runner = mocha.run(resolve);
    AbortSignal.any([signal, ended.signal]).addEventListener("abort", () => runner.abort(), {
      once: true,
    });
  });
}

/** With what it puts under test, where that alone tells it from another. */
function titleAmong(runs: readonly MochaRun[], { scenario, repetition }: MochaRun): string {
  const title = suiteTitle(scenario, repetition);
  const target = deploymentText(scenario);
  const isTold = runs.every(
    (other) => other.scenario.name !== scenario.name || deploymentText(other.scenario) === target,
  );
  return isTold ? title : `${title}: ${target}`;
}

function addSuite(
  mocha: Mocha,
  run: MochaRun,
  options: MochaOptions & { readonly title: string; readonly end: () => void },
): void {
  const { scenario } = run;
  const suite = Mocha.Suite.create(mocha.suite, options.title);
  let record: RunRecord | undefined;
  suite.beforeAll(`run ${scenario.name}`, async () => {
    record = await run.execute().catch((thrown: unknown) => {
      throw forPeople(thrown);
    });
  });
  for (const title of titlesOf(scenario, options.controls, options.shows)) {
    suite.addTest(
      new Mocha.Test(title, function (this: Mocha.Context) {
        if (record === undefined) throw new Error("the run left no record");
        if (options.controls && isControl(scenario)) assertControl(record);
        else assertInvariant(record, title, this);
      }),
    );
  }
  suite.afterAll("end here, if nothing is to follow", () => {
    if (options.isLast(record)) options.end();
  });
}

/** What was foreseen tells its cause and fix; where in our code it was thrown helps nobody. */
function forPeople(thrown: unknown): unknown {
  const interrupted = thrown instanceof Error && thrown.name === "AbortError";
  const foreseen = thrown instanceof HarnessError || thrown instanceof UsageError;
  if (!interrupted && !foreseen) return thrown;
  const [name, message] = interrupted
    ? ["Interrupted", "the run was broken off; what it had seen is saved"]
    : [thrown.name, thrown.message];
  const told = new Error(message);
  told.stack = `${name}: ${message}`;
  return told;
}

function assertControl(record: RunRecord): void {
  const control = controlResult(record);
  if (control?.met !== true) throw new Error(`${control?.text ?? "no control"} ${record.headline}`);
}

function assertInvariant(record: RunRecord, kind: string, context: Mocha.Context): void {
  const result = record.invariants.find((invariant) => invariant.kind === kind);
  if (result === undefined) throw new Error(`${kind} was not judged`);
  if (result.verdict === "inconclusive") {
    // Pending, as in the JUnit report; the exit code says inconclusive whatever mocha counts.
    if (context.test !== undefined) context.test.title += ` (inconclusive: ${result.reason})`;
    context.skip();
  }
  expect(result.verdict, result.reason).to.equal("pass");
}
