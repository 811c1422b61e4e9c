/** `chaos report` as a user calls it, on the directory of a run. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { writeReports } from "../report/write-reports.js";
import { sample } from "../report/sample.js";
import { callMain } from "./test-main.js";

const chaos = join(import.meta.dirname, "chaos.js");
const run = (...args: string[]) =>
  execa(process.execPath, [chaos, ...args], { reject: false, all: true });

describe("chaos report, compare and show", () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "chaos-report-"));
    await writeReports(dir, sample().record, undefined, ["json"]);
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it("writes the formats that are asked for, and tells where", async () => {
    const { exitCode, all } = await run("report", dir, "--format", "markdown,prometheus");
    expect({ exitCode, all }).to.include({ exitCode: 0 });
    expect(await readdir(dir)).to.have.members(["run.json", "summary.md", "metrics.prom"]);
    expect(all).to.match(/summary\.md\n.*metrics\.prom$/);
  });

  it("writes the page of a suite for several runs", async () => {
    const { exitCode, all } = await run("report", dir, dir, "-o", join(dir, "out"));
    expect({ exitCode, all }).to.include({ exitCode: 0 });
    const files = await readdir(join(dir, "out"));
    expect(files).to.have.members(["suite.html", "suite.md", "suite.json", "junit.xml"]);
  });

  it("refuses to sign off what is incomplete, and says what is missing", async () => {
    const out = join(dir, "out");
    const { exitCode, all } = await run("report", dir, "--sign-off", "1.4.0", "-o", out);
    expect({ exitCode, all }).to.include({ exitCode: 1 });
    expect(all).to.match(/^NOT APPROVED: 1\.4\.0\n {2}✗ /);
    expect(all).to.contain("no-faults: 0 of 1 good runs").and.to.contain("no defects were planted");
    expect(await readdir(join(out, "signoff"))).to.have.members(["1.4.0.html", "1.4.0.json"]);
  });

  it("looks for reports where the environment says that they are written", async () => {
    const env = { CHAOS_OUTPUT: join(dir, "elsewhere") };
    for (const [args, message] of [
      [["compare", dir, "--baseline"], "elsewhere/index.jsonl"],
      [["show"], "elsewhere/latest: no report.html there"],
      [["mutate"], "elsewhere/latest/history: not a sealed history"],
    ] as const) {
      const { exitCode, err } = await callMain(args, { env });
      expect({ exitCode, err }).to.include({ exitCode: 64 });
      expect(err).to.contain(message);
    }
  });

  it("64 for a run that is compared with itself", async () => {
    const { exitCode, err } = await callMain(["compare", dir, dir]);
    expect({ exitCode, err }).to.include({ exitCode: 64 });
    expect(err).to.contain("is both base and candidate");
  });

  it("shows where a report is", async () => {
    await writeReports(dir, sample().record, undefined, ["html"]);
    const { exitCode, all } = await run("show", dir);
    expect({ exitCode, all }).to.include({ exitCode: 0 });
    expect(all).to.match(/report\.html$/);
  });

  it("64 and one line for what is no format and what is no run", async () => {
    for (const [args, message] of [
      [["report", dir, "--format", "pdf"], "json, junit, markdown, prometheus, html"],
      [["report", "no/such/run"], "no/such/run: no run there"],
      [["report"], "give the directory of a run"],
      [["report", "--sign-off", "../1"], "--sign-off ../1"],
      [["report", "--sign-off", "1", "--suite", "releas"], "--suite releas: there are smoke"],
      [["compare", dir], "give base and candidate, or --baseline"],
      [["show", "no/such/run"], "no/such/run: no report.html there"],
    ] as const) {
      const { exitCode, err } = await callMain(args);
      expect({ exitCode, err }).to.include({ exitCode: 64 });
      expect(err).to.contain(message);
    }
  });
});
