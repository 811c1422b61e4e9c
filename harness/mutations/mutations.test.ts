import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { verdictList } from "../model/verdict.js";
import { MUTATIONS, runMutations, type Outcome } from "./run-mutations.js";
import { writeTestRun } from "./test-run.js";

describe("defects planted in a sound history", function () {
  this.timeout(120_000);
  let scratch: string;
  let outcomes: Outcome[];

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "chaos-mutations-"));
    const history = join(scratch, "history");
    await writeTestRun(history);
    outcomes = await runMutations(history, () => undefined);
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  it("are all planted", () => {
    expect(outcomes.map(({ says }) => says)).to.deep.equal(MUTATIONS.map(({ says }) => says));
  });

  for (const [index, { says, caughtBy }] of MUTATIONS.entries()) {
    it(`${says}: ${verdictList(caughtBy)}`, () => {
      expect(verdictList(outcomes[index]!.seen)).to.equal(verdictList(caughtBy));
      expect(outcomes[index]!.caught).to.equal(true);
    });
  }
});
