import { expect } from "chai";
import { scenarios, suites } from "../../scenarios/suites.js";
import { isControl, type Scenario } from "../model/scenario.js";
import type { RunRecord } from "../model/run-record.js";
import type { Verdict } from "../model/verdict.js";
import { sample } from "../report/sample.js";
import { commandVerdict } from "./command-verdict.js";
import { toTable } from "./list.js";
import { select } from "./select.js";

/** A run with a verdict, as a control when `expected` is given. */
function run(verdict: Verdict, expected?: { verdict: Verdict; invariant: string }): RunRecord {
  const { record } = sample({ verdict });
  const spec = expected === undefined ? {} : { expect: expected };
  const invariants = record.invariants.map((one) => ({ ...one, verdict }));
  return { ...record, invariants, scenario: { ...record.scenario, spec } };
}
const mustFail = { verdict: "fail", invariant: "zero-loss" } as const;

describe("the verdict of a command", () => {
  it("is a pass when every scenario passed and every control was found out", () => {
    expect(commandVerdict([run("pass"), run("fail", mustFail)], true)).to.equal("pass");
  });

  it("is a failure when one control was not found out, although everything passed", () => {
    expect(commandVerdict([run("pass"), run("pass", mustFail)], true)).to.equal("fail");
    expect(commandVerdict([run("pass"), run("inconclusive", mustFail)], true)).to.equal("fail");
    const otherwise = { verdict: "fail", invariant: "no-such-invariant" } as const;
    expect(commandVerdict([run("pass"), run("fail", otherwise)], true)).to.equal("fail");
  });

  it("is the worst of the ordinary scenarios, beside controls that were found out", () => {
    const found = run("fail", mustFail);
    expect(commandVerdict([run("inconclusive"), found, run("pass")], true)).to.equal(
      "inconclusive",
    );
    expect(commandVerdict([run("inconclusive"), found, run("fail")], true)).to.equal("fail");
  });

  it("is a control's own verdict when controls do not count by what they expect", () => {
    expect(commandVerdict([run("fail", mustFail)], false)).to.equal("fail");
  });
});

describe("a night", () => {
  it("has every fault of a release, alone or in a sequence, but for what takes too long or shows in another", () => {
    const kinds = (of: readonly Scenario[]) =>
      of
        .filter((one) => !isControl(one))
        .flatMap(({ faults }) => faults.map(({ fault }) => JSON.stringify(fault)));
    // The second needs a deployment of its own, and with it a calibration of its own.
    const tooLong = ["gateway-scale-out-real", "agent-overload", "random"];
    // A scale-in begins as it does.
    const contained = ["gateway-scale-by-hand"];
    const left = [...tooLong, ...contained];
    const release = suites.release.filter(({ name }) => !left.includes(name));
    expect(kinds(suites.nightly)).to.include.members(kinds(release));
  });
});

describe("a release", () => {
  it("takes every control, and every control takes part in it", () => {
    const controls = scenarios.filter(isControl);
    expect(suites.controls).to.deep.equal(controls);
    expect(suites.release).to.include.members(controls);
    for (const suite of [suites.smoke, suites.nightly]) expect(suite.some(isControl)).to.be.false;
  });

  it("demands that controls are found out; one that is named shows its own verdict", () => {
    expect(select([], { suite: "release" }).controls).to.equal(true);
    expect(select(["kill-nothing"], {}).controls).to.equal(false);
  });

  it("a scenario that is named twice is run once, in the order of the names", () => {
    const { scenarios } = select(["no-faults", "gateway-kill", "no-faults"], {});
    expect(scenarios.map(({ name }) => name)).to.deep.equal(["no-faults", "gateway-kill"]);
  });

  it("lists what each control must be found out by", () => {
    for (const line of toTable(suites.controls).trimEnd().split("\n")) {
      expect(line).to.match(/; must be (fail|inconclusive) by [a-z-]+/);
    }
    expect(toTable(suites.smoke)).not.to.contain("must be");
  });
});
