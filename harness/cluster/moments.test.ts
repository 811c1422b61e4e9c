import { once } from "node:events";
import { expect } from "chai";
import { distinctMoments, noticeStalls } from "./moments.js";

describe("a clock of distinct moments", () => {
  it("orders what comes in one millisecond, and never goes back with the system's clock", () => {
    const times = [1_795_661_757_517, 1_795_661_757_517, 1_795_661_757_500, 1_795_661_757_518];
    const clock = distinctMoments(() => times.shift()!);
    const told = [clock(), clock(), clock(), clock()];
    expect(told).to.deep.equal([...new Set(told)].sort((a, b) => a - b));
    expect(told[2]! - told[0]!).to.be.below(1);
    expect(told[3]).to.equal(1_795_661_757_518);
  });
});

describe("the notice of stalls", () => {
  it("tells of a time without a turn, from before it began to after it ended", async () => {
    const stopped = new AbortController();
    const beganMs = Date.now();
    const target = new EventTarget();
    const told = once(target, "stall");
    const stalls: { fromMs: number; toMs: number }[] = [];
    noticeStalls({
      limitMs: 300,
      onStall: (stall) => {
        stalls.push(stall);
        target.dispatchEvent(new Event("stall"));
      },
      signal: stopped.signal,
    });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
    const endedMs = Date.now();
    await told;
    stopped.abort();
    expect(stalls[0]!.fromMs).to.be.within(beganMs, beganMs + 100);
    expect(stalls[0]!.toMs).to.be.at.least(endedMs);
  });
});
