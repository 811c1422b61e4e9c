import { expect } from "chai";
import { nowMs } from "./clock.js";

describe("nowMs", () => {
  it("stays within a millisecond of the wall clock and has a fraction", () => {
    let fractions = 0;
    for (let i = 0; i < 2_000; i++) {
      const before = Date.now();
      const now = nowMs();
      expect(now).to.be.within(before, Date.now() + 1);
      if (!Number.isInteger(now)) fractions += 1;
    }
    expect(fractions).to.be.greaterThan(0);
  });
});
