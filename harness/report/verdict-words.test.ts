import { expect } from "chai";
import type { RunRecord } from "../model/run-record.js";
import { sample } from "./sample.js";
import { causeOf, controlResult } from "./verdict-words.js";

const control = (
  verdict: RunRecord["verdict"],
  expected: {
    verdict: RunRecord["verdict"];
    invariant?: string;
    also?: Record<string, RunRecord["verdict"]>;
  },
): RunRecord => {
  const { record } = sample({ verdict });
  return { ...record, scenario: { ...record.scenario, spec: { expect: expected } } };
};

describe("verdict words", () => {
  it("leave verdict and scenario out of the cause, which stands beside them", () => {
    const { record } = sample();
    const cause = (headline: string): string => causeOf({ ...record, headline });
    expect(cause("PASS gateway-kill: 0 lost")).to.equal("0 lost");
    expect(cause("FAIL zero-loss: 1 lost")).to.equal("zero-loss: 1 lost");
    expect(cause("Passable weather")).to.equal("Passable weather");
    expect(cause("PASS")).to.equal("PASS");
  });

  it("know no control in a scenario that must pass", () => {
    expect(controlResult(sample().record)).to.equal(undefined);
    expect(controlResult(sample({ verdict: "fail" }).record)).to.equal(undefined);
  });

  it("call a control found out only if the named invariant has the verdict", () => {
    const named = (invariant: string) =>
      controlResult(control("fail", { verdict: "fail", invariant }))?.met;
    expect(named("zero-loss")).to.equal(true);
    expect(named("trace-affinity")).to.equal(false);
    expect(controlResult(control("pass", { verdict: "fail" }))?.met).to.equal(false);
  });

  it("ask for every verdict that a control names, and say which", () => {
    const passing = sample({ verdict: "fail" }).record.invariants.find(
      ({ verdict }) => verdict === "pass",
    );
    const kind = passing?.kind ?? "";
    const asked = (verdict: RunRecord["verdict"]) =>
      controlResult(control("fail", { verdict: "fail", also: { [kind]: verdict } }));
    expect(asked("pass")?.met).to.equal(true);
    expect(asked("inconclusive")?.met).to.equal(false);
    expect(asked("inconclusive")?.text).to.contain(`FAIL, with ${kind} INCONCLUSIVE.`);
  });
});
