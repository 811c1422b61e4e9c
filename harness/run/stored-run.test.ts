import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readStory } from "../invariants/test-story.js";
import { UsageError } from "../model/errors.js";
import { analyze, HISTORY_DIR } from "./analyze.js";
import { readStoredRun, readStoredSeries } from "./stored-run.js";
import { writeRunDirectory } from "./test-run-directory.js";

describe("a stored run", () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "stored-run-"));
    await writeRunDirectory(join(dir, "a"), readStory("died-while-deciding"));
    await analyze(join(dir, "a"));
    await symlink("a", join(dir, "latest"));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it("is found by its directory, a link to it, or its run.json", async () => {
    for (const path of ["a", "latest", "a/run.json"]) {
      const { record, runDir } = await readStoredRun(join(dir, path));
      expect([record.scenario.name, runDir]).to.deep.equal(["story", join(dir, "a")]);
    }
    const thrown: unknown = await readStoredRun(join(dir, "b")).catch((e: unknown) => e);
    expect(thrown).to.be.instanceOf(UsageError);
  });

  it("has the series that its reports were made of", async () => {
    const series = await readStoredSeries(join(dir, "a"));
    const { record } = await readStoredRun(join(dir, "a"));
    expect(series!.lost.total).to.equal(1);
    expect(series!.delivery).to.deep.equal(record.delivery);
    await rm(join(dir, "a", HISTORY_DIR), { recursive: true });
    expect(await readStoredSeries(join(dir, "a"))).to.equal(undefined);
  });
});
