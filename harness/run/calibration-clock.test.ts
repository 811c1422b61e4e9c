import { expect } from "chai";
import fc from "fast-check";
import { calibrationClock, tracesToBegin } from "./calibration-clock.js";

const clockOf = (minTraces = 100, latestMs = Infinity) =>
  calibrationClock({ minTraces, tracesPerSecond: 10, restMs: 5_000, latestMs });

describe("the calibration clock", () => {
  it("ends when the last trace that is needed has had its full time, not later", () => {
    const clock = clockOf();
    const wanted = tracesToBegin(100);
    clock(wanted - 1, 10_000);
    expect(clock(wanted, 11_000)).to.equal(16_000);
    expect(clock(wanted + 40, 15_000)).to.equal(16_000);
  });

  it("moves away as long as the generator is behind", () => {
    const clock = clockOf();
    expect(clock(0, 0)).to.equal(tracesToBegin(100) * 100 + 5_000);
    expect(clock(0, 3_000)).to.equal(tracesToBegin(100) * 100 + 8_000);
  });

  it("ends at the latest moment although too few have begun", () => {
    expect(clockOf(100, 9_000)(3, 8_000)).to.equal(9_000);
  });

  it("never ends before restMs after the look that saw enough traces", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.array(fc.nat(500)), (min, steps) => {
        const clock = clockOf(min);
        let started = 0;
        let enoughMs = Infinity;
        steps.forEach((step, second) => {
          started += step;
          const nowMs = second * 1_000;
          if (started >= tracesToBegin(min)) enoughMs = Math.min(enoughMs, nowMs);
          const endMs = clock(started, nowMs);
          if (enoughMs === Infinity) expect(endMs).to.be.at.least(nowMs + 5_000);
          else expect(endMs).to.equal(enoughMs + 5_000);
        });
      }),
    );
  });

  it("begins enough although one trace of twenty is long, four deviations off the mean", () => {
    for (const minTraces of [50, 200, 1_000, 5_000]) {
      const begun = tracesToBegin(minTraces);
      expect(begun * 0.95 - 4 * Math.sqrt(begun * 0.05 * 0.95)).to.be.at.least(minTraces);
    }
  });
});
