import { expect } from "chai";
import { silent } from "../model/progress.js";
import { teardown } from "./teardown.js";

describe("teardown", () => {
  it("undoes in reverse order, and one failure does not stop the rest", async () => {
    const done: string[] = [];
    const warnings: string[] = [];
    const note = (what: string) => async (): Promise<void> => {
      done.push(what);
      await Promise.resolve();
    };
    const steps = teardown();
    steps.before("remove the cluster", note("cluster"));
    steps.before("stop the watch", () => Promise.reject(new Error("already gone")));
    steps.before("heal", note("heal"));
    await steps.run({ ...silent, warn: (text) => warnings.push(text) });
    expect(done).to.deep.equal(["heal", "cluster"]);
    expect(warnings).to.deep.equal(["stop the watch: already gone"]);
  });

  it("undoes each step once even when run twice", async () => {
    let undone = 0;
    const steps = teardown();
    steps.before("heal", () => {
      undone++;
      return Promise.resolve();
    });
    await steps.run(silent);
    await steps.run(silent);
    expect(undone).to.equal(1);
  });
});
