import { expect } from "chai";
import type { RunRecord } from "../model/run-record.js";
import { indexLineOf, type IndexLine } from "./index-file.js";
import { sample, sampleBroken } from "./sample.js";
import { suiteHtml } from "./suite-html.js";
import type { JudgedRun } from "./suite-run.js";
import { STRIP_LENGTH, suiteRecord, type SuiteRecord } from "./suite.js";

const { record } = sample();
const clean: RunRecord = {
  ...record,
  environment: { ...record.environment, git: { sha: "c0ffee0000001", dirty: false } },
};
const line = (n: number, change: Partial<IndexLine> = {}): IndexLine => ({
  ...indexLineOf(clean, `runs/gateway-kill/${String(n)}`),
  runId: `run-${String(n).padStart(3, "0")}`,
  startedAt: new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString(),
  ...change,
});
const judged = (change: Partial<RunRecord> = {}, runDir = "runs/a"): JudgedRun => ({
  kind: "judged",
  record: { ...clean, ...change },
  runDir,
});
const suiteOf = (
  runs: Parameters<typeof suiteRecord>[0],
  index: readonly IndexLine[] = [],
): SuiteRecord =>
  suiteRecord(runs, index, {
    createdAt: new Date(0),
    reportOf: (runDir) => `${runDir}/report.html`,
  });
const control = {
  ...record.scenario,
  name: "queue-off",
  spec: { expect: { verdict: "fail", invariant: "zero-loss" } },
};

describe("the record of a suite", () => {
  it("is as bad as its worst run; a control counts by whether it was found out", () => {
    const failed = sample({ verdict: "fail" }).record;
    const caught = judged({ ...failed, scenario: control });
    const missed = judged({ scenario: control });
    expect(suiteOf([judged(), caught]).verdict).to.equal("pass");
    expect(suiteOf([judged(), missed]).verdict).to.equal("fail");
    expect(suiteOf([judged(), sampleBroken]).verdict).to.equal("broken");
    expect(suiteOf([]).verdict).to.equal("inconclusive");
  });

  it("calls a scenario flaky when equal runs of one commit differ, and only then", () => {
    const flaky = (second: Partial<IndexLine>): unknown =>
      suiteOf([judged()], [line(1), line(2, second)]).past[0]!.flaky;
    expect(flaky({ verdict: "fail" })).to.deep.equal([
      { commit: "c0ffee0000001", counts: { pass: 2, fail: 1 } },
    ]);
    expect(flaky({})).to.deep.equal([]);
    expect(flaky({ verdict: "fail", gitSha: "another" })).to.deep.equal([]);
    expect(flaky({ verdict: "fail", dirty: true })).to.deep.equal([]);
    expect(flaky({ verdict: "fail", strict: true })).to.deep.equal([]);
    expect(flaky({ verdict: "fail", shortened: true })).to.deep.equal([]);
    expect(flaky({ verdict: "fail", workloadSha256: "another" })).to.deep.equal([]);
    expect(flaky({ verdict: "fail", scenario: "another" })).to.deep.equal([]);
  });

  it("keeps what other deployments did out of a scenario's past", () => {
    const graceful = line(2, { deployment: "graceful", verdict: "fail" });
    const [alone] = suiteOf([judged()], [line(1), graceful]).past;
    expect(alone!.runs.map(({ runId }) => runId)).to.not.include("run-002");
    expect(alone!.flaky).to.deep.equal([]);
    expect(alone!.deployment).to.equal(undefined);
    const other = { ...clean.deployment, name: "graceful" };
    const both = suiteOf([judged(), judged({ deployment: other })], [line(1), graceful]);
    expect(both.past.map(({ deployment }) => deployment)).to.deep.equal([
      ...[clean.deployment.name, "graceful"],
    ]);
    expect(both.runs.map((run) => run.kind === "judged" && run.deployment)).to.deep.equal([
      ...[clean.deployment.name, "graceful"],
    ]);
  });

  it("shows the last runs, oldest first, the suite's own among them once", () => {
    const index = Array.from({ length: 30 }, (_, n) => line(n));
    const own = indexLineOf(clean, "runs/a");
    const runs = suiteOf([judged()], [...index, own]).past[0]!.runs;
    expect(runs).to.have.length(STRIP_LENGTH);
    expect(runs.at(-1)!.runId).to.equal(clean.runId);
    expect(runs.filter(({ runId }) => runId === clean.runId)).to.have.length(1);
    expect(suiteOf([judged()], index).past[0]!.runs.at(-1)!.runId).to.equal(clean.runId);
  });
});

describe("suite.html", () => {
  it("shows what needs attention first, and links each run to its report", () => {
    const failed = sample({ verdict: "fail" }).record;
    const page = suiteHtml(suiteOf([judged(), judged(failed, "runs/b c"), sampleBroken]));
    expect(page).to.match(/1 of 3 runs did what they must/);
    expect(page).to.match(/href="\.\/runs\/b%20c\/report\.html"[^]*href="\.\/runs\/a\/report/);
    expect(page).to.match(/BROKEN[^]*Docker does not answer/);
  });

  it("does not show a control that was found out as a failure", () => {
    const failed = sample({ verdict: "fail" }).record;
    const page = suiteHtml(suiteOf([judged({ ...failed, scenario: control })]));
    expect(page)
      .to.match(/class="badge pass">✓ FOUND OUT/)
      .and.to.not.contain('class="alarm"');
    const missed = { ...control, spec: { expect: { verdict: "fail", invariant: "calibration" } } };
    expect(suiteHtml(suiteOf([judged({ ...failed, scenario: missed })]))).to.match(
      /class="badge fail">✗ MISSED/,
    );
  });

  it("allows no script, and a directory's name is never an address of its own", () => {
    const page = suiteHtml(suiteOf([judged({}, "javascript:alert(1)")]));
    expect(page).to.contain(
      `content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"`,
    );
    expect(page).to.not.contain("<script");
    expect(page).to.contain('href="./javascript%3Aalert(1)/report.html"');
  });

  it("takes lines of older versions, which have no measures", () => {
    const old = line(1);
    delete old.measures;
    delete old.workloadSha256;
    expect(suiteHtml(suiteOf([judged()], [old]))).to.contain("run-001");
  });
});
