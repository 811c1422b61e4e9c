import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { scenarios } from "../../scenarios/suites.js";
import type { Verdict } from "../model/verdict.js";
import { indexRun } from "../report/index-file.js";
import { writeRunFile } from "../report/run-file.js";
import { sample } from "../report/sample.js";
import { planRuns } from "./planned-runs.js";
import { readUnfinishedSuite, writeSuitePlan } from "./suite-plan.js";
import { callMain } from "./test-main.js";

const named = (name: string) => scenarios.find((scenario) => scenario.name === name)!;
const runs = planRuns([named("no-faults"), named("gateway-kill"), named("queue-off")], 7n, 1);
const SUITE = "20261125T050102Z-7";

describe("a suite on disk", () => {
  let reports: string;
  beforeEach(async () => {
    reports = await mkdtemp(join(tmpdir(), "chaos-suite-"));
  });
  afterEach(() => rm(reports, { recursive: true }));

  const plan = () =>
    writeSuitePlan(reports, {
      ...{ suite: SUITE, controls: true, strict: true, faults: true, audit: false, runs },
      loadSeconds: 50,
    });
  /** A run that has ended, in its directory and in the index. */
  async function ended(scenario: string, verdict: Verdict, suiteRun?: number): Promise<string> {
    const { record } = sample({ verdict });
    const dir = join(reports, "runs", scenario, String(suiteRun ?? 0));
    await mkdir(dir, { recursive: true });
    const own = { ...record, scenario: { ...record.scenario, name: scenario } };
    await writeRunFile(join(dir, "run.json"), own);
    await indexRun(reports, dir, own, suiteRun ? { suite: SUITE, suiteRun } : undefined);
    return dir;
  }

  it("goes on at what is not finished, with seeds and changes as it began; a broken run is done again", async () => {
    await plan();
    const dir = await ended("no-faults", "fail", 1);
    await ended("gateway-kill", "pass");
    for (const given of [SUITE, dir, join(reports, "runs/no-faults/1/")]) {
      const { finished, left, plan: read } = await readUnfinishedSuite(reports, given);
      expect(finished.map(({ run }) => run.record.verdict)).to.deep.equal(["fail"]);
      expect(left.map(({ planned, position }) => [planned.scenario.name, position])).to.deep.equal([
        ["gateway-kill", 2],
        ["queue-off", 3],
      ]);
      expect(left[0]!.planned).to.deep.include({ seed: 7n, repetition: 1 });
      expect(left[0]!.planned.scenario.loadMs).to.equal(50_000);
      expect(read).to.include({ strict: true, controls: true });
    }
  });

  it("keeps the deployment and the collector that it began with, each run its own if they differ", async () => {
    const [first, second] = runs;
    await writeSuitePlan(reports, {
      ...{ suite: SUITE, controls: false, strict: false, faults: true, audit: false },
      deployment: "graceful",
      collectorImage: "a/b:1",
      runs: [first!, { ...second!, deployment: "current", collectorImage: "a/b:2" }],
    });
    const { left } = await readUnfinishedSuite(reports, SUITE);
    expect(left.map(({ planned }) => planned.scenario.deployment)).to.deep.equal([
      ...["graceful", "current"],
    ]);
    expect(left.map(({ planned }) => planned.scenario.collectorImage)).to.deep.equal([
      ...["a/b:1", "a/b:2"],
    ]);
  });

  it("is refused in one line when it is over, unknown, or its plan is gone", async () => {
    await plan();
    const dir = await ended("no-faults", "pass", 1);
    await ended("gateway-kill", "pass", 2);
    await ended("queue-off", "fail", 3);
    const alone = await ended("gateway-kill", "pass");
    const refusal = async (given: string): Promise<string> => {
      const { exitCode, err } = await callMain(["run", "--resume", given, "-o", reports]);
      expect({ exitCode, lines: err.trim().split("\n").length }).to.deep.equal({
        exitCode: 64,
        lines: 1,
      });
      return err;
    };
    expect(await refusal(SUITE)).to.contain("all 3 runs of the suite are finished");
    expect(await refusal("20261125T050102Z-8")).to.contain("neither a suite");
    expect(await refusal(alone)).to.contain("neither a suite");
    await rm(join(reports, "suites"), { recursive: true });
    expect(await refusal(dir)).to.contain("is gone");
  });

  it("--resume --list shows what is left", async () => {
    await plan();
    await ended("no-faults", "pass", 1);
    const { out } = await callMain(["run", "--resume", SUITE, "--list", "--json", "-o", reports]);
    const names = (JSON.parse(out) as { name: string }[]).map(({ name }) => name);
    expect(names).to.deep.equal(["gateway-kill", "queue-off"]);
  });

  it("--last-failed takes scenarios by their newest run; a control that was found out did not fail", async () => {
    await ended("no-faults", "fail");
    await ended("no-faults", "pass");
    await ended("gateway-kill", "inconclusive");
    await ended("queue-off", "fail");
    await ended("backend-duplicates", "pass");
    const { out } = await callMain(["list", "--last-failed", "--json", "-o", reports]);
    const names = (JSON.parse(out) as { name: string }[]).map(({ name }) => name);
    expect(names).to.deep.equal(["gateway-kill", "backend-duplicates"]);
  });

  it("a line of the index that is none is named; the last one may be cut off", async () => {
    const list = () => callMain(["list", "--last-failed", "-o", reports]);
    await ended("gateway-kill", "fail");
    const path = join(reports, "index.jsonl");
    await writeFile(path, '{"scenario"', { flag: "a" });
    expect((await list()).exitCode).to.equal(0);
    await writeFile(path, "\n", { flag: "a" });
    expect((await list()).err).to.match(/^error: [^\n]*index\.jsonl:2[^\n]+\n$/);
  });
});
