import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { verdictList } from "../model/verdict.js";
import { MUTATIONS, runMutations, type Outcome } from "./run-mutations.js";
import { writeTestRun } from "./test-run.js";

for (const audit of [false, true]) {
  describe(`defects planted in a sound history ${audit ? "with" : "without"} an audit`, function () {
    this.timeout(600_000);
    // Each judgement takes half a second: `chaos mutate` plants them all in an audited run too.
    const mutations = MUTATIONS.filter(({ needsAudit = false }) => needsAudit === audit);
    let scratch: string;
    let outcomes: Outcome[];

    before(async () => {
      scratch = await mkdtemp(join(tmpdir(), "chaos-mutations-"));
      const history = join(scratch, "history");
      await writeTestRun(history, { audit });
      outcomes = await runMutations(history, () => undefined, mutations);
    });
    after(() => rm(scratch, { recursive: true, force: true }));

    it("are all planted", () => {
      expect(outcomes.map(({ says }) => says)).to.deep.equal(mutations.map(({ says }) => says));
    });

    for (const [index, { says, caughtBy }] of mutations.entries()) {
      it(`${says}: ${verdictList(caughtBy)}`, () => {
        expect(verdictList(outcomes[index]!.seen)).to.equal(verdictList(caughtBy));
        expect(outcomes[index]!.caught).to.equal(true);
      });
    }
  });
}
