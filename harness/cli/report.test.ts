/** `chaos report` as a user calls it, on the directory of a run. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { writeReports } from "../report/write-reports.js";
import { sample } from "../report/sample.js";

const chaos = join(import.meta.dirname, "chaos.js");
const run = (...args: string[]) =>
  execa(process.execPath, [chaos, ...args], { reject: false, all: true });

describe("chaos report", () => {
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
    expect(files).to.have.members(["suite.html", "suite.json", "junit.xml"]);
  });

  it("64 and one line for what is no format and what is no run", async () => {
    for (const [args, message] of [
      [["--format", "pdf"], "json, junit, markdown, prometheus, html"],
      [["no/such/run"], "no/such/run: no run there"],
    ] as const) {
      const { exitCode, all } = await run("report", dir, ...args);
      expect({ exitCode, all }).to.include({ exitCode: 64 });
      expect(all).to.contain(message);
    }
  });
});
