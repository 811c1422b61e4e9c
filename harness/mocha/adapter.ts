/** Scenario -> describe, invariant -> it: mocha's grep and reporters work on runs as they do on tests. */
import { expect } from "chai";
import Mocha from "mocha";
import { HarnessError, UsageError } from "../model/errors.js";
import type { RunRecord } from "../model/run-record.js";
import { isControl, type Scenario } from "../model/scenario.js";
import { controlResult } from "../report/verdict-words.js";
import { suiteTitle, titlesOf, type TitleFilter } from "./select.js";

export interface MochaOptions {
  readonly shows: TitleFilter;
  /** A mocha reporter's name or path. */
  readonly reporter: string;
  /** Controls must be found out; otherwise they are judged as any scenario. */
  readonly controls: boolean;
  readonly signal: AbortSignal;
  /** Performs one run. */
  readonly execute: (scenario: Scenario) => Promise<RunRecord>;
}

/**
 * Runs the scenarios one after another as mocha suites. Resolves with the number of failed tests and hooks;
 * what `execute` threw is the caller's to keep. An aborted signal ends mocha after the test that it is in.
 */
export async function runAsMocha(
  scenarios: readonly Scenario[],
  options: MochaOptions,
): Promise<number> {
  const mocha = new Mocha({ reporter: options.reporter, timeout: 0 });
  for (const scenario of scenarios) addSuite(mocha, scenario, options);
  return new Promise((resolve) => {
    const runner = mocha.run(resolve);
    options.signal.addEventListener("abort", () => runner.abort(), { once: true });
  });
}

function addSuite(mocha: Mocha, scenario: Scenario, options: MochaOptions): void {
  const suite = Mocha.Suite.create(mocha.suite, suiteTitle(scenario));
  let record: RunRecord | undefined;
  suite.beforeAll(`run ${scenario.name}`, async () => {
    record = await options.execute(scenario).catch((thrown: unknown) => {
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
}

/** What was foreseen tells its cause and fix; where in our code it was thrown helps nobody. */
function forPeople(thrown: unknown): unknown {
  if (!(thrown instanceof HarnessError || thrown instanceof UsageError)) return thrown;
  const told = new Error(thrown.message);
  told.stack = `${thrown.name}: ${thrown.message}`;
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
