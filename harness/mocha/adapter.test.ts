import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import Mocha from "mocha";
import { scenarios } from "../../scenarios/suites.js";
import type { Verdict } from "../model/verdict.js";
import { sample } from "../report/sample.js";
import { runAsMocha, type MochaRun } from "./adapter.js";
import { chooseReporters } from "./reporters.js";

const scenario = scenarios.find(({ name }) => name === "gateway-kill")!;

/** A run that ends so. */
const run = (verdict: Verdict | "broken" | "interrupted", repetition: number): MochaRun => ({
  scenario,
  repetition,
  execute: () => {
    if (verdict === "broken") return Promise.reject(new Error("no cluster"));
    if (verdict === "interrupted")
      return setTimeout<never>(10, undefined, { signal: AbortSignal.abort() });
    const { record } = sample({ verdict });
    // The sample judges what its own scenario asks for.
    const [any] = record.invariants;
    const invariants = [...scenario.invariants, ...ALWAYS].map(({ kind }) => ({
      ...any!,
      kind,
      verdict,
    }));
    return Promise.resolve({ ...record, invariants });
  },
});
const ALWAYS = ["history-complete", "calibration", "faults-proven"].map((kind) => ({ kind }));

describe("runs as mocha suites", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "chaos-mocha-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** Titles of what mocha ran, with how each ended, by its json reporter; xunit beside it. */
  async function performed(runs: readonly MochaRun[], endAfter: Verdict | "broken" | "never") {
    const { chosen } = await chooseReporters(["json", "xunit"], directory);
    await runAsMocha(runs, {
      // Without the one that would print into this test's own output.
      reporters: { chosen: chosen.filter(({ output }) => output), stdoutIsData: false },
      colour: Mocha.reporters.Base.useColors,
      shows: () => true,
      controls: false,
      signal: new AbortController().signal,
      isLast: (record) => (record?.verdict ?? "broken") === endAfter,
    });
    const json = JSON.parse(await readFile(join(directory, "mocha.json"), "utf8")) as {
      stats: { suites: number; passes: number; pending: number; failures: number };
      tests: { fullTitle: string }[];
      failures: unknown[];
    };
    expect(await readFile(join(directory, "mocha-xunit.xml"), "utf8")).to.contain("<testsuite ");
    return json;
  }
  const testsOfARun = ALWAYS.length + scenario.invariants.length;

  it("number the runs of one scenario; json and xunit each write their file", async () => {
    const { stats, tests } = await performed([run("pass", 1), run("inconclusive", 2)], "never");
    expect(stats).to.include({ passes: testsOfARun, pending: testsOfARun, failures: 0 });
    expect(tests[0]?.fullTitle).to.match(/^gateway-kill @smoke/);
    expect(tests.at(-1)?.fullTitle).to.match(/^gateway-kill #2 @smoke/);
  });

  it("say what is under test where one scenario runs on several", async () => {
    const other = { ...scenario, deployment: "graceful" };
    const runs = [run("pass", 1), { ...run("pass", 1), scenario: other }];
    const { tests } = await performed(runs, "never");
    expect(tests[0]?.fullTitle).to.match(/^gateway-kill @.*: corrected history-complete$/);
    expect(tests.at(-1)?.fullTitle).to.match(/^gateway-kill @.*: graceful \S+$/);
  });

  for (const verdict of ["fail", "inconclusive"] as const) {
    it(`nothing follows a last run that is ${verdict}, all of which is still told`, async () => {
      const runs = [run("pass", 1), run(verdict, 2), run("pass", 3)];
      const { tests } = await performed(runs, verdict);
      expect(tests).to.have.length(2 * testsOfARun);
    });
  }

  it("nothing follows a run that broke", async () => {
    const { stats } = await performed([run("broken", 1), run("pass", 2)], "broken");
    expect(stats).to.include({ failures: 1, passes: 0 });
  });

  it("a run that was broken off says so, without a trace through our code", async () => {
    const { failures } = await performed([run("interrupted", 1)], "never");
    const told = JSON.stringify(failures);
    expect(told).to.contain("the run was broken off");
    expect(told).not.to.match(/AbortError|\\n\s+at /);
  });

  it("two reporters that print are refused, and so is one that nobody knows", async () => {
    const refusal = async (names: string[]): Promise<string> =>
      chooseReporters(names, directory).then(
        () => "accepted",
        (thrown: unknown) => (thrown as Error).message,
      );
    expect(await refusal(["spec", "dot"])).to.contain("only one of them");
    expect(await refusal(["nobody-knows-it"])).to.contain("there are");
    expect(await refusal(["./nowhere.js"])).to.contain("cannot be loaded");
  });

  it("spec is added to reporters that write files; a single one keeps standard output", async () => {
    expect((await chooseReporters(["json", "xunit"], directory)).chosen).to.have.length(3);
    const alone = await chooseReporters(["json"], directory);
    expect(alone).to.include({ stdoutIsData: true });
    expect(alone.chosen[0]?.output).to.equal(undefined);
  });
});
