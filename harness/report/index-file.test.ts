import { expect } from "chai";
import { mkdtemp, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { indexRun } from "./index-file.js";
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
});
