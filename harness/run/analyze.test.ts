import { access, appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readStory } from "../invariants/test-story.js";
import { HarnessError, UsageError } from "../model/errors.js";
import { RunRecord } from "../model/run-record.js";
import { measuresOf } from "../report/measures.js";
import { analyze, HISTORY_DIR } from "./analyze.js";
import { writeRunDirectory } from "./test-run-directory.js";

describe("analyze", () => {
  let runDir: string;
  beforeEach(async () => {
    runDir = await mkdtemp(join(tmpdir(), "chaos-analyze-"));
  });
  afterEach(() => rm(runDir, { recursive: true, force: true }));

  const runJson = async (): Promise<RunRecord> =>
    RunRecord.parse(JSON.parse(await readFile(join(runDir, "run.json"), "utf8")));

  it("judges a stored run, writes its record and its reports", async () => {
    await writeRunDirectory(runDir, readStory("slow-recovery"));
    const record = await analyze(runDir);
    expect(record.verdict).to.equal("fail");
    expect(record.headline).to.equal(
      "FAIL recovery-time: items sent 10.0 s after a fault were still lost",
    );
    expect(record.losses).to.have.length(1);
    expect(record.losses[0]).to.include({
      signal: "logs",
      place: "agent-to-gateway",
      items: 1,
      fault: 0,
      example: "lost",
    });
    expect(record.faults[0]).to.include({ proven: true, proof: "UID uid-g2 is gone" });
    expect(measuresOf(record)).to.deep.include({ recoveryMs: 10_000 });
    expect(record.delivery?.logs?.items).to.equal(measuresOf(record).signals.logs.delivered);
    expect(await runJson()).to.deep.equal(record);
    // In HTML a number stays with its unit.
    const html = (await readFile(join(runDir, "report.html"), "utf8")).replaceAll("\u00a0", " ");
    expect(html).to.contain("items sent 10.0 s after a fault were still lost");
  });

  it("says the same when asked again, and is strict on request alone", async () => {
    await writeRunDirectory(runDir, readStory("died-while-deciding"));
    const first = await analyze(runDir);
    const strict = await analyze(runDir, { strict: true });
    expect([first.verdict, first.strict]).to.deep.equal(["pass", false]);
    expect([strict.verdict, strict.strict]).to.deep.equal(["fail", true]);
    expect([first.command, strict.command]).to.deep.equal([
      "chaos run story --seed 1",
      "chaos run story --seed 1 --strict",
    ]);
    expect(strict.accounting).to.deep.equal(first.accounting);
    expect(await analyze(runDir)).to.deep.equal(first);
  });

  it("refuses a history that was changed after it was sealed", async () => {
    await writeRunDirectory(runDir, readStory("lost-without-a-cause"));
    await appendFile(join(runDir, HISTORY_DIR, "deployment.yaml"), "# a little friendlier\n");
    const thrown: unknown = await analyze(runDir).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(HarnessError);
    expect((thrown as Error).message).to.contain("deployment.yaml was changed after it was sealed");
    expect(await access(join(runDir, "run.json")).catch(() => "absent")).to.equal("absent");
  });

  it("refuses a directory that holds no run", async () => {
    const thrown: unknown = await analyze(runDir).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(UsageError);
  });
});
