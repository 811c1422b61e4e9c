import { once } from "node:events";
import { expect } from "chai";
import fc from "fast-check";
import { distinctMoments, noticeLateNews, noticeStalls } from "./moments.js";

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

describe("the notice of late news", () => {
  // A change at 10.9 s is stamped 10 s.
  const stamp = (changedMs: number): number => Math.floor(changedMs / 1_000) * 1_000;

  it("tells from when to when something had changed and nobody was told", () => {
    const late = noticeLateNews(1_000);
    expect(late(10_000, 10_020)).to.equal(undefined);
    expect(late(20_000, 23_100)).to.deep.equal({ fromMs: 20_020, toMs: 23_100 });
  });

  it("never blames what came within the limit, whatever the stamp left out and the clocks differ", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -60_000, max: 60_000 }),
        fc.array(fc.record({ atMs: fc.nat(1e6), tookMs: fc.integer({ min: 0, max: 1_000 }) })),
        (aheadMs, news) => {
          const late = noticeLateNews(1_000);
          for (const { atMs, tookMs } of news) {
            expect(late(stamp(atMs + aheadMs), atMs + tookMs)).to.equal(undefined);
          }
        },
      ),
    );
  });

  it("says nothing of what has no stamp", () => {
    const late = noticeLateNews(1_000);
    expect(late(NaN, 10_000)).to.equal(undefined);
    expect(late(-Infinity, 10_000)).to.equal(undefined);
    expect(late(20_000, 20_020)).to.equal(undefined);
    expect(late(30_000, 33_100)).not.to.equal(undefined);
  });
});
