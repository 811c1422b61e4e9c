import { expect } from "chai";
import { faultSpan } from "./fault-spans.js";
import { sample } from "./sample.js";

const { record, series } = sample();
const fault = { ...record.faults[0]!, injectedAtMs: 1_000, healedAtMs: 9_000 };
const sets = (...at: readonly (readonly [number, number])[]) => ({
  ...series,
  gatewaySets: at.map(([atMs, n]) => ({ atMs, gateways: ["a", "b", "c"].slice(0, n) })),
});

describe("a fault's span", () => {
  it("ends when the gateways are as many as before, if that is before healing", () => {
    const span = faultSpan(fault, sets([-9_000, 3], [1_001, 2], [5_000, 3], [6_000, 2]));
    expect(span).to.deep.equal({ fromMs: 1_000, toMs: 5_000 });
  });

  it("counts a gateway that went before the injection was on record", () => {
    const span = faultSpan(fault, sets([-9_000, 3], [900, 2], [5_000, 3]));
    expect(span).to.deep.equal({ fromMs: 1_000, toMs: 5_000 });
  });

  it("ends with healing when gateways never were fewer, stay fewer, or nothing is known", () => {
    for (const known of [sets([-9_000, 3]), sets([-9_000, 3], [1_001, 2]), undefined]) {
      expect(faultSpan(fault, known)).to.deep.equal({ fromMs: 1_000, toMs: 9_000 });
    }
  });

  it("is open without healing, and none without injection", () => {
    expect(faultSpan({ ...fault, healedAtMs: null })).to.deep.equal({ fromMs: 1_000, toMs: null });
    expect(faultSpan({ ...fault, injectedAtMs: null })).to.equal(undefined);
  });
});
