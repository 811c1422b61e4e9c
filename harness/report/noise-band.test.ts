import { expect } from "chai";
import fc from "fast-check";
import { BAND_RUNS, bandOf } from "./noise-band.js";

const values = fc.array(fc.integer({ min: 0, max: 1_000_000 }), {
  minLength: BAND_RUNS.fewest,
  maxLength: BAND_RUNS.most,
});

describe("the noise band", () => {
  it("is the median ± 3 scaled MAD where that is wider than what was seen", () => {
    const { low, high } = bandOf([90, 95, 100, 105, 110])!;
    expect(low).to.be.closeTo(100 - 3 * 1.4826 * 5, 1e-9);
    expect(high).to.be.closeTo(100 + 3 * 1.4826 * 5, 1e-9);
  });

  it("is what was seen where most values are equal", () => {
    expect(bandOf([0, 0, 0, 0, 7])).to.deep.equal({ low: 0, high: 7 });
    expect(bandOf([3, 3, 3, 3, 3])).to.deep.equal({ low: 3, high: 3 });
  });

  it("is unknown of fewer than five runs", () => {
    expect(bandOf([1, 2, 3, 4])).to.equal(null);
  });

  it("holds every value that it was made of, is never below 0, and ignores their order", () => {
    fc.assert(
      fc.property(values, (list) => {
        const band = bandOf(list)!;
        expect(band.low).to.be.at.least(0);
        for (const value of list) expect(value).to.be.within(band.low, band.high);
        expect(bandOf([...list].reverse())).to.deep.equal(band);
      }),
    );
  });

  it("does not depend on the unit", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 1_000 }), (list, factor) => {
        const band = bandOf(list)!;
        const scaled = bandOf(list.map((value) => value * factor))!;
        expect(scaled.high).to.be.closeTo(band.high * factor, 1e-6 * (1 + scaled.high));
        expect(scaled.low).to.be.closeTo(band.low * factor, 1e-6 * (1 + scaled.high));
      }),
    );
  });
});
