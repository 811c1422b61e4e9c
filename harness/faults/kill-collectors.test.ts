import { expect } from "chai";
import fc from "fast-check";
import type { FaultTarget } from "../model/history.js";
import { random } from "../model/random.js";
import { pickTargets, targetOf } from "./collectors.js";
import { judgeReplaced, judgeRestart } from "./kill-collectors.js";
import { pod } from "./test-collectors.js";

const gateway = (n: number): FaultTarget => targetOf(pod(n));
const three = [1, 2, 3].map(gateway);

describe("pickTargets", () => {
  it("depends on the seed and not on the order of the list", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 63n }), (seed) => {
        const pick = (pods: FaultTarget[]) => pickTargets(pods, "two", random(seed));
        expect(pick([...three].reverse())).to.deep.equal(pick(three));
      }),
    );
  });

  it("picks every gateway for some seed, never one twice", () => {
    const picked = new Set<string>();
    for (let seed = 0n; seed < 50n; seed++) {
      const targets = pickTargets(three, "two", random(seed));
      expect(new Set(targets.map(({ uid }) => uid)).size).to.equal(2);
      targets.forEach(({ uid }) => picked.add(uid));
    }
    expect(picked.size).to.equal(3);
    expect(pickTargets(three, "all", random(1n))).to.have.length(3);
  });

  it("refuses to strike fewer than it was asked for", () => {
    expect(() => pickTargets([], "one", random(1n))).to.throw("needs 1 ready gateways");
    expect(() => pickTargets([], "all", random(1n))).to.throw("there are 0");
    expect(() => pickTargets(three.slice(1, 2), "two", random(1n))).to.throw("there are 1");
  });
});

describe("the proof of kill-gateway", () => {
  const targets = three.slice(0, 1);
  const ready = (n: number) => ({ ...gateway(n), ready: true });
  const starting = (n: number) => ({ ...gateway(n), ready: false });

  it("fails while the struck pod's UID is there: a dry run never passes", () => {
    expect(judgeReplaced(three, targets, [1, 2, 3].map(ready))).to.deep.equal({
      done: false,
      seen: "gw-1 (UID u1) still there",
    });
  });

  it("fails until a new UID is ready; the survivors do not count", () => {
    expect(judgeReplaced(three, targets, [ready(2), ready(3)]).done).to.equal(false);
    expect(judgeReplaced(three, targets, [ready(2), ready(3), starting(4)]).done).to.equal(false);
  });

  it("fails when only what replaces an earlier victim is ready", () => {
    const struckBefore = [...three, starting(4)];
    expect(judgeReplaced(struckBefore, targets, [2, 3, 4].map(ready)).done).to.equal(false);
    expect(judgeReplaced(struckBefore, targets, [2, 3, 4, 5].map(ready)).done).to.equal(true);
  });

  it("names the UIDs that went and came", () => {
    expect(judgeReplaced(three, targets, [2, 3, 4].map(ready))).to.deep.equal({
      done: true,
      value: "gw-1 (UID u1) gone, gw-4 (UID u4) ready",
    });
  });
});

describe("the proof of a kill in place", () => {
  const targets = three.slice(0, 1);
  const state = (
    n: number,
    restarts: number,
    more: { ready?: boolean; exitCode?: number; reason?: string } = {},
  ) =>
    pod(n, {
      ready: more.ready ?? true,
      restarts,
      lastEnd:
        restarts === 0 ? null : { exitCode: more.exitCode ?? 137, reason: more.reason ?? "Error" },
    });
  const before = [state(1, 0), state(2, 0)];
  const judge = (...now: ReturnType<typeof state>[]) => judgeRestart(before, targets, now);

  it("is the same pod, ready again after exit code 137", () => {
    expect(judge(state(1, 1), state(2, 0))).to.deep.equal({
      done: true,
      value: "gw-1 (UID u1) restarted after exit code 137 (Error), ready again",
    });
  });

  it("fails while nothing restarted, or only another gateway did", () => {
    expect(judge(state(1, 0), state(2, 1))).to.deep.equal({
      done: false,
      seen: "gw-1 (UID u1) did not restart",
    });
  });

  it("fails when an earlier restart is all that there is", () => {
    const restarted = [state(1, 3)];
    expect(judgeRestart(restarted, targets, restarted).done).to.equal(false);
  });

  it("fails when the pod was replaced, is not ready yet, ended otherwise or ran out of memory", () => {
    for (const now of [
      state(4, 1),
      state(1, 1, { ready: false }),
      state(1, 1, { exitCode: 2 }),
      state(1, 1, { reason: "OOMKilled" }),
    ]) {
      expect(judge(now).done, JSON.stringify(now)).to.equal(false);
    }
  });
});
