import { expect } from "chai";
import { endOfPod, type WatchedPod } from "../cluster/watch-pod-ends.js";
import { judgeEnded } from "./terminate-gateway.js";
import { pod } from "./test-collectors.js";

const before = [1, 2, 3].map((n) => pod(n));
const targets = before.slice(0, 1);
const after = [2, 3, 4].map((n) => pod(n));
const clean = { withinMs: 1_000, exitCode: 0, reason: "Completed" };

describe("the proof of terminate-gateway", () => {
  it("tells how and how fast the container ended, and what replaced it", () => {
    const look = judgeEnded(before, targets, new Map([["u1", clean]]), after);
    expect(look).to.deep.equal({
      done: true,
      value:
        "gw-1 (UID u1) gone, gw-4 (UID u4) ready; " +
        "gw-1 ended within 1.0 s of being asked to, exit code 0 (Completed)",
    });
  });

  it("takes one that had to be killed after its grace for what it is", () => {
    const killed = { withinMs: 61_000, exitCode: 137, reason: "Error" };
    const look = judgeEnded(before, targets, new Map([["u1", killed]]), after);
    expect(look).to.deep.include({ done: true });
    expect(JSON.stringify(look)).to.include("within 1 m 01 s of being asked to, exit code 137");
  });

  it("fails while the pod is there, is not replaced, or nobody saw its end", () => {
    const ends = new Map([["u1", clean]]);
    expect(judgeEnded(before, targets, ends, before).done).to.equal(false);
    expect(judgeEnded(before, targets, ends, after.slice(0, 2)).done).to.equal(false);
    expect(judgeEnded(before, targets, new Map([["u2", clean]]), after)).to.deep.equal({
      done: false,
      seen: "gw-1 (UID u1) gone, gw-4 (UID u4) ready; how gw-1 ended was not seen",
    });
  });
});

describe("the end of a deleted pod", () => {
  const at = (seconds: number): string =>
    new Date(1_767_225_600_000 + seconds * 1_000).toISOString();
  const ended = { exitCode: 0, reason: "Completed", finishedAt: at(2) };
  const deleted = (terminated?: typeof ended): WatchedPod => ({
    metadata: { deletionTimestamp: at(60), deletionGracePeriodSeconds: 60 },
    status: { containerStatuses: [{ state: terminated === undefined ? {} : { terminated } }] },
  });

  it("counts from the request, which lies one grace period before the time in the API", () => {
    expect(endOfPod(deleted(ended))).to.deep.equal({
      withinMs: 3_000,
      exitCode: 0,
      reason: "Completed",
    });
  });

  it("is never before the request, whatever the cut to whole seconds makes of it", () => {
    const early = deleted({ ...ended, finishedAt: at(-1) });
    expect(endOfPod(early)?.withinMs).to.equal(1_000);
  });

  it("is none while the container runs, nor of a pod that nobody deleted", () => {
    expect(endOfPod(deleted())).to.equal(undefined);
    expect(endOfPod({ ...deleted(ended), metadata: {} })).to.equal(undefined);
  });
});
