import { expect } from "chai";
import type { CollectorState } from "./collectors.js";
import { judgeOutOfMemory, judgeRefused } from "./memory-pressure.js";
import { pod } from "./test-collectors.js";

const gateway = (more: Partial<CollectorState> = {}): CollectorState => pod(1, more);

describe("the proof of memory over the limiter", () => {
  it("is that it refused more than before", () => {
    expect(judgeRefused("gw-1", 5, 25)).to.deep.equal({
      done: true,
      value: "the memory limiter of gw-1 refused 20 items",
    });
    expect(judgeRefused("gw-1", 5, 5).done).to.equal(false);
  });
});

describe("the proof of memory over the container's limit", () => {
  const ended = (exitCode: number, reason: string) =>
    gateway({ restarts: 1, lastEnd: { exitCode, reason } });

  it("is a restart after the kernel's kill for memory", () => {
    expect(judgeOutOfMemory(gateway(), ended(137, "OOMKilled"))).to.deep.equal({
      done: true,
      value: "gw-1 (UID u1) restarted after exit code 137 (OOMKilled)",
    });
  });

  it("fails for any other end, for none, and for another pod", () => {
    expect(judgeOutOfMemory(gateway(), ended(137, "Error")).done).to.equal(false);
    expect(judgeOutOfMemory(gateway(), ended(2, "OOMKilled")).done).to.equal(false);
    expect(judgeOutOfMemory(gateway(), gateway()).done).to.equal(false);
    expect(judgeOutOfMemory(gateway(), undefined).done).to.equal(false);
    const earlier = gateway({ restarts: 1, lastEnd: { exitCode: 137, reason: "OOMKilled" } });
    expect(judgeOutOfMemory(earlier, earlier).done).to.equal(false);
  });
});
