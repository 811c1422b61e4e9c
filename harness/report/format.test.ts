import { expect } from "chai";
import fc from "fast-check";
import { formatClock, formatCount, formatShare, splitFigureKey } from "./format.js";

describe("numbers and times in reports", () => {
  it("group thousands", () => {
    expect(formatCount(28_000)).to.equal("28,000");
  });

  it("never round a loss away: a share is 0 % or 100 % only when it is", () => {
    expect(formatShare(0, 10)).to.equal("0 %");
    expect(formatShare(10, 10)).to.equal("100 %");
    expect(formatShare(0, 0)).to.equal("–");
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 10_000_000 }), fc.nat(), (whole, n) => {
        const part = 1 + (n % (whole - 1));
        expect(Number.parseFloat(formatShare(part, whole))).to.be.within(1e-9, 99.9999999);
      }),
    );
  });

  it("show the clock of the run, before its zero too", () => {
    expect(formatClock(83_440)).to.equal("+1:23.4");
    expect(formatClock(59_960)).to.equal("+1:00.0");
    expect(formatClock(-2_000)).to.equal("−0:02.0");
  });

  it("take the unit of a figure from its last word", () => {
    expect(splitFigureKey("maxLagMs")).to.deep.equal({ name: "max lag", unit: "ms" });
    expect(splitFigureKey("kind_create_seconds")).to.deep.equal({
      name: "kind create",
      unit: "seconds",
    });
  });
});
