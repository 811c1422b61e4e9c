import { expect } from "chai";
import { appendFile, mkdir, mkdtemp, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../model/errors.js";
import { indexAgain, indexRun, readIndex } from "./index-file.js";
import { sample } from "./sample.js";

describe("reports/index.jsonl", () => {
  it("gains a line a run, and `latest` points at the last one", async () => {
    const reports = await mkdtemp(join(tmpdir(), "index-"));
    try {
      await indexRun(reports, join(reports, "runs/gateway-kill/a"), sample().record);
      await indexRun(
        reports,
        join(reports, "runs/gateway-kill/b"),
        sample({ verdict: "fail" }).record,
      );
      const text = await readFile(join(reports, "index.jsonl"), "utf8");
      const lines = text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(
        lines.map((line) => [line["dir"], line["verdict"], line["lostUnexplained"]]),
      ).to.deep.equal([
        ["runs/gateway-kill/a", "pass", 0],
        ["runs/gateway-kill/b", "fail", 1],
      ]);
      expect(lines[0]).to.include({ schemaVersion: 1, seed: "42", dirty: true, acked: 53_300 });
      expect(await readlink(join(reports, "latest"))).to.equal("runs/gateway-kill/b");
    } finally {
      await rm(reports, { recursive: true });
    }
  });

  it("is read back; a last line that was cut off is left out, another damage is named", async () => {
    const reports = await mkdtemp(join(tmpdir(), "index-"));
    const path = join(reports, "index.jsonl");
    try {
      expect(await readIndex(reports)).to.deep.equal([]);
      await indexRun(reports, join(reports, "runs/gateway-kill/a"), sample().record);
      await appendFile(path, '{"schemaVersion": 1, "runId"');
      const lines = await readIndex(reports);
      expect(lines.map(({ dir }) => dir)).to.deep.equal(["runs/gateway-kill/a"]);
      expect(lines[0]!.measures!.durationMs).to.equal(230_000);
      await appendFile(path, ": 7}\n");
      const thrown: unknown = await readIndex(reports).catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(UsageError);
      expect((thrown as Error).message).to.contain(`${path}:2: field runId`);
    } finally {
      await rm(reports, { recursive: true });
    }
  });

  it("has a run as it was judged last, at its place among the runs and in its suite", async () => {
    const reports = await mkdtemp(join(tmpdir(), "index-"));
    try {
      const [a, b] = ["a", "b"].map((name) => join(reports, "runs/gateway-kill", name));
      for (const dir of [a!, b!]) {
        await mkdir(dir, { recursive: true });
        await indexRun(reports, dir, sample().record, { suite: "night", suiteRun: 1 });
      }
      await indexAgain(a!, sample({ verdict: "fail" }).record);
      const lines = await readIndex(reports);
      expect(lines.map(({ dir, verdict, suite }) => [dir, verdict, suite])).to.deep.equal([
        ["runs/gateway-kill/a", "fail", "night"],
        ["runs/gateway-kill/b", "pass", "night"],
      ]);
      const elsewhere = join(reports, "runs/gateway-kill/c");
      await mkdir(elsewhere);
      await indexAgain(elsewhere, sample().record);
      expect(await readIndex(reports)).to.have.length(2);
    } finally {
      await rm(reports, { recursive: true });
    }
  });
});
