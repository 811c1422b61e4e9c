import { expect } from "chai";
import fc from "fast-check";
import { minutes, seconds } from "./durations.js";
import { drawFaults, type FaultChoice } from "./draw-faults.js";
import { killGateway } from "./pod-faults.js";
import { random } from "./random.js";

const kill = (pick: "one" | "two" | "all") => killGateway({ how: "force-delete", pick });
/** Told apart by `pick`: of itself, lasting with company, lasting alone. */
const CHOICES: readonly FaultChoice[] = [
  { fault: kill("one") },
  { fault: kill("two"), lasts: seconds(30) },
  { fault: kill("all"), lasts: seconds(60), alone: true },
];
const seed = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const load = fc.integer({ min: 0, max: minutes(30) });

describe("a drawn schedule", () => {
  it("is the same for the same seed, and another for some other one", () => {
    const draw = (from: bigint) => drawFaults(CHOICES, minutes(10), random(from));
    fc.assert(
      fc.property(seed, (from) => {
        expect(draw(from)).to.deep.equal(draw(from));
      }),
    );
    const all = Array.from({ length: 20 }, (_, n) => JSON.stringify(draw(BigInt(n))));
    expect(new Set(all).size).to.be.above(10);
  });

  it("leaves time to recover after every fault, within the load", () => {
    fc.assert(
      fc.property(seed, load, (from, loadMs) => {
        for (const { atMs, lastsMs = 0 } of drawFaults(CHOICES, loadMs, random(from))) {
          expect(atMs).to.be.at.least(seconds(10));
          expect(atMs + lastsMs + seconds(35)).to.be.at.most(loadMs);
        }
      }),
    );
  });

  it("never lets anything happen beside a fault that must be alone", () => {
    fc.assert(
      fc.property(seed, load, (from, loadMs) => {
        const drawn = drawFaults(CHOICES, loadMs, random(from));
        const alone = drawn.filter(({ lastsMs }) => lastsMs === seconds(60));
        for (const one of alone) {
          const beside = drawn.filter(
            ({ atMs }) => atMs >= one.atMs && atMs < one.atMs + seconds(60) + seconds(45),
          );
          expect(beside).to.deep.equal([one]);
        }
      }),
    );
  });

  it("composes: some fault strikes while another lasts", () => {
    const composed = Array.from({ length: 50 }, (_, n) =>
      drawFaults(CHOICES, minutes(10), random(BigInt(n))),
    ).some((drawn) =>
      drawn.some(
        ({ atMs, lastsMs }) =>
          lastsMs === seconds(30) &&
          drawn.some((other) => other.atMs > atMs && other.atMs < atMs + lastsMs),
      ),
    );
    expect(composed).to.equal(true);
  });

  it("is empty where nothing fits", () => {
    expect(drawFaults(CHOICES, seconds(54), random(1n))).to.deep.equal([]);
    expect(drawFaults([], minutes(5), random(1n))).to.deep.equal([]);
  });
});
