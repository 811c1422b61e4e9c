import { expect } from "chai";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunRecord } from "../model/run-record.js";
import type { Verdict } from "../model/verdict.js";
import {
  githubAnnotations,
  MAX_ANNOTATIONS,
  MAX_SUMMARY_BYTES,
  reportToGitHub,
  type GitHubRun,
} from "./github.js";
import { sample, sampleBroken } from "./sample.js";
import { suiteRecord, type SuiteRecord } from "./suite.js";

const of = (record: RunRecord): GitHubRun => ({
  run: { kind: "judged", record, runDir: "reports/x" },
  scenarioFile: "scenarios/gateway-kill.ts",
});
const run = (verdict: Verdict, headline?: string): GitHubRun => {
  const { record } = sample({ verdict });
  return of(headline === undefined ? record : { ...record, headline });
};

const overviewOf = (runs: readonly GitHubRun[]): SuiteRecord =>
  suiteRecord(
    runs.map(({ run: one }) => one),
    [],
    { createdAt: new Date(0), reportOf: (runDir) => `${runDir}/report.html` },
  );

describe("GitHub Actions", () => {
  it("gets at most eight annotations, worst first, and none for a pass", () => {
    const runs = [
      run("pass"),
      run("inconclusive"),
      ...Array.from({ length: 9 }, () => run("fail")),
    ];
    const lines = githubAnnotations(runs);
    expect(lines).to.have.length(MAX_ANNOTATIONS);
    expect(
      lines.every((line) => line.startsWith("::error file=scenarios/gateway-kill.ts")),
    ).to.equal(true);
    expect(githubAnnotations(runs.slice(0, 2))[0]).to.match(/^::warning /);
    expect(githubAnnotations([run("pass")])).to.deep.equal([]);
  });

  it("gets one line an annotation, whatever the cause holds", () => {
    const [line] = githubAnnotations([run("fail", "50% lost\r\n::error::forged")]);
    expect(line).to.contain("50%25 lost%0D%0A::error::forged");
    expect(line).to.not.match(/[\r\n]/);
  });

  it("gets no annotation for a control that was found out", () => {
    const { record } = sample({ verdict: "fail" });
    const spec = { expect: { verdict: "fail" } };
    const control = of({ ...record, scenario: { ...record.scenario, spec } });
    expect(githubAnnotations([control])).to.deep.equal([]);
  });

  it("gets an error with the fix for a run that broke", () => {
    const [line] = githubAnnotations([{ run: sampleBroken, scenarioFile: "scenarios/x.ts" }]);
    expect(line).to.match(/^::error file=scenarios\/x.ts,title=BROKEN no-faults::Docker does not/);
    expect(line).to.contain("Fix: start it");
  });

  it("gets summaries appended up to the limit, and nothing elsewhere", async () => {
    const dir = await mkdtemp(join(tmpdir(), "github-"));
    try {
      const path = join(dir, "summary");
      await writeFile(path, "before\n".padEnd(MAX_SUMMARY_BYTES - 6_000, " "));
      const runs = [run("fail"), run("pass"), run("pass"), run("pass")];
      const printed: string[] = [];
      const print = (line: string): void => void printed.push(line);
      const overview = overviewOf(runs);
      const env = { GITHUB_STEP_SUMMARY: path };
      await reportToGitHub(runs, overview, env, print);
      expect(printed).to.deep.equal([]);
      await reportToGitHub(runs, overview, { ...env, GITHUB_ACTIONS: "true" }, print);
      expect(printed).to.have.length(1);
      const text = await readFile(path, "utf8");
      expect(Buffer.byteLength(text)).to.be.at.most(MAX_SUMMARY_BYTES);
      expect(text.trim()).to.match(/^before[^]*## ✗ FAIL[^]*\d more: see the reports directory\.$/);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it("gets the overview first, then each run, worst first", async () => {
    const dir = await mkdtemp(join(tmpdir(), "github-"));
    try {
      const path = join(dir, "summary");
      const { record } = sample();
      const spec = { expect: { verdict: "fail" } };
      const missed = of({ ...record, scenario: { ...record.scenario, name: "missed", spec } });
      const runs = [run("pass"), run("inconclusive"), missed];
      const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: path };
      const lines: string[] = [];
      await reportToGitHub(runs, overviewOf(runs), env, (line) => void lines.push(line));
      expect(lines.map((line) => line.split("::")[1]?.split(" ")[0])).to.deep.equal([
        ...["error", "warning"],
      ]);
      const titles = (await readFile(path, "utf8")).match(/^## .*/gm);
      expect(titles).to.deep.equal([
        "## ✗ FAIL: 1 of 3 chaos runs did what they must",
        ...["## ✓ PASS: missed", "## ? INCONCLUSIVE: gateway-kill", "## ✓ PASS: gateway-kill"],
      ]);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
