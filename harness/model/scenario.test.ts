import { expect } from "chai";
import { UsageError } from "./errors.js";
import { traceAffinity } from "./invariant.js";
import { scenario, type ScenarioInput } from "./scenario.js";

const made = (more: Partial<ScenarioInput>) =>
  scenario({ name: "a-run", description: "", tags: [], invariants: [traceAffinity()], ...more });
const mustFail = { verdict: "fail", invariant: "trace-affinity" } as const;

describe("a scenario", () => {
  it("lets only a control apply another deployment than the oracle reads", () => {
    expect(() => made({ applied: "percentage-20" })).to.throw(UsageError, "only a control");
    expect(made({ applied: "percentage-20", expect: mustFail }).applied).to.equal("percentage-20");
  });

  it("names backend and field of a behaviour that cannot be", () => {
    expect(() => made({ backends: { loki: { kind: "drop-one-in", n: 0 } } })).to.throw(
      'scenario "a-run": backend loki: n: ',
    );
    expect(() =>
      made({ backends: { tempo: { kind: "delay-one-in", n: 1, delayMs: 60_000 } } }),
    ).to.throw("backend tempo: delayMs: ");
  });

  it("asks for 1,000 traces of calibration, with or without a bound in time", () => {
    expect(made({}).calibration).to.deep.equal({ minTraces: 1_000 });
    expect(made({ calibration: { atMost: 5_000 } }).calibration).to.deep.equal({
      minTraces: 1_000,
      atMostMs: 5_000,
    });
  });
});
