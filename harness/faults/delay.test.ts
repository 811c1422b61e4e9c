import { expect } from "chai";
import fc from "fast-check";
import { judgeRoundTrip, median, timesIn } from "./delay.js";

describe("the round trip to a gateway", () => {
  it("is read from curl's seconds", () => {
    expect(timesIn("0.002510\n0.301000\n").map(Math.round)).to.deep.equal([3, 301]);
    expect(timesIn("")).to.deep.equal([]);
  });

  it("is the median, which one slow answer does not move", () => {
    expect(median([2, 900, 3])).to.equal(3);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (usual, odd) => {
        expect(median([usual, odd, usual])).to.equal(usual);
      }),
    );
  });
});

describe("the proof of a delay", () => {
  it("is an answer that takes longer by the delay or more, with what hinders it", () => {
    const times = { beforeMs: 2.04, duringMs: 303.26, delayMs: 300 };
    expect(judgeRoundTrip(times, "led aside")).to.deep.equal({
      done: true,
      value: "an answer takes 303.3 ms, 2.0 ms before; led aside",
    });
  });

  it("fails for every smaller difference, and without an answer", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        (beforeMs, delayMs, moreMs) => {
          const { done } = judgeRoundTrip({ beforeMs, duringMs: beforeMs + moreMs, delayMs }, "");
          expect(done).to.equal(moreMs >= delayMs);
        },
      ),
    );
    expect(judgeRoundTrip({ beforeMs: NaN, duringMs: 900, delayMs: 300 }, "").done).to.equal(false);
  });
});
