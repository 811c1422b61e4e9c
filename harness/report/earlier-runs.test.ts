import { expect } from "chai";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunRecord } from "../model/run-record.js";
import { earlierRuns } from "./earlier-runs.js";
import { earlierSection } from "./html/earlier.js";
import { indexRun } from "./index-file.js";
import { writeRunFile } from "./run-file.js";
import { sample } from "./sample.js";
import { SIGN_OFF_SCHEMA_VERSION, type SignOff } from "./sign-off-record.js";

const { record } = sample();

/** The run that began at this minute, of this commit. */
const runAt = (minute: number, sha: string, change: Partial<RunRecord> = {}): RunRecord => ({
  ...record,
  runId: `run-${String(minute)}`,
  startedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  environment: { ...record.environment, git: { sha, dirty: false } },
  ...change,
});

const approvedAt = (minute: number, commit: string): SignOff => ({
  schemaVersion: SIGN_OFF_SCHEMA_VERSION,
  version: "1.4.0",
  suite: "release",
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  decision: "approved",
  missing: [],
  demanded: { repetitions: 1, strict: false },
  released: { commit, images: [], deployments: [] },
  scenarios: [],
  explainedLoss: [],
  unusedWaivers: [],
  plantedDefects: null,
});

describe("the runs before a run", () => {
  let reports: string;
  beforeEach(async () => {
    reports = await mkdtemp(join(tmpdir(), "chaos-earlier-"));
  });
  afterEach(() => rm(reports, { recursive: true }));

  /** Puts runs on record, as `chaos run` does, and resolves with the directory of the last one. */
  async function keep(...runs: readonly RunRecord[]): Promise<string> {
    let dir = reports;
    for (const run of runs) {
      dir = join(reports, "runs", run.scenario.name, run.runId);
      await mkdir(dir, { recursive: true });
      await writeRunFile(join(dir, "run.json"), run);
      await indexRun(reports, dir, run);
    }
    return dir;
  }
  const basesOf = async (dir: string, run: RunRecord): Promise<unknown> =>
    (await earlierRuns(dir, run))?.comparisons.map(({ base, comparison }) => [
      base,
      comparison.base.runId,
    ]);

  it("are compared with: the one before, and the newest good one of another commit", async () => {
    const failed = { ...sample({ verdict: "fail" }).record, environment: record.environment };
    const own = runAt(4, "c2");
    const before = runAt(3, "c2", { verdict: "fail", invariants: failed.invariants });
    const dir = await keep(runAt(1, "c1"), runAt(2, "c1"), before, own);
    expect(await basesOf(dir, own)).to.deep.equal([
      ["the run before", "run-3"],
      ["the newest run of another commit that passed", "run-2"],
    ]);
    const markup = earlierSection(await earlierRuns(dir, own)).body.toString();
    expect(markup)
      .to.match(/Against the run before: /)
      .and.to.contain("flaky");
    expect(markup).to.contain("spans: delivery p99");
  });

  it("are those of the last release where one was approved", async () => {
    const own = runAt(9, "c3");
    const dir = await keep(runAt(1, "c1"), runAt(2, "c2"), runAt(3, "c2"), own);
    await mkdir(join(reports, "signoff"));
    const file = join(reports, "signoff/1.4.0.json");
    await writeFile(file, JSON.stringify(approvedAt(5, "c1")));
    expect(await basesOf(dir, own)).to.deep.equal([
      ["the run before", "run-3"],
      ["release 1.4.0", "run-1"],
    ]);
    // One that was decided on after this run is none that it follows.
    await writeFile(file, JSON.stringify(approvedAt(10, "c1")));
    expect(await basesOf(dir, own)).to.deep.equal([["the run before", "run-3"]]);
  });

  it("end with the run itself, are named once, and are not of another load or deployment", async () => {
    const own = runAt(2, "c2");
    const { scenario, deployment } = record;
    const other = { ...scenario, spec: { ...scenario.spec, loadMs: 1 } };
    await keep(
      runAt(0, "c1", { scenario: other }),
      runAt(1, "c1", { deployment: { ...deployment, name: "graceful" } }),
      runAt(3, "c1"),
    );
    const dir = await keep(own);
    const earlier = await earlierRuns(dir, own);
    expect(earlier!.comparisons).to.deep.equal([]);
    expect(earlier!.past.runs.map(({ runId }) => runId)).to.deep.equal(["run-0", "run-2"]);
    const again = runAt(5, "c3");
    expect(await basesOf(await keep(again), again)).to.deep.equal([["the run before", "run-2"]]);
  });

  it("cost no report: without an index, with a damaged one, and when their directories are gone", async () => {
    const own = runAt(2, "c2");
    const dir = await keep(runAt(1, "c1"), own);
    await rm(join(reports, "runs/gateway-kill/run-1"), { recursive: true });
    expect(await basesOf(dir, own)).to.deep.equal([]);
    await writeFile(join(reports, "index.jsonl"), "no line\n");
    expect(await earlierRuns(dir, own)).to.equal(undefined);
    await rm(join(reports, "index.jsonl"));
    expect(await earlierRuns(dir, own)).to.equal(undefined);
    expect(earlierSection(undefined).body.toString()).to.contain("No earlier run");
  });
});
