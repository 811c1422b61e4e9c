import { expect } from "chai";
import { judgeSurge } from "./load-surge.js";
import { pod } from "./test-collectors.js";

const before = [1, 2, 3].map((n) => pod(n));

describe("the proof of a surge that scales gateways out", () => {
  it("is more ready gateways than before", () => {
    expect(judgeSurge("scale-out", before, [...before, pod(4)], 4_499.7)).to.deep.equal({
      done: true,
      value: "4500 spans/s sent, 4 gateways ready where 3 were: gw-4 (UID u4) came",
    });
  });

  it("fails while none came, one is not ready, or one only replaced another", () => {
    expect(judgeSurge("scale-out", before, before, 0).done).to.equal(false);
    expect(judgeSurge("scale-out", before, [...before, pod(4, { ready: false })], 0).done).to.equal(
      false,
    );
    expect(judgeSurge("scale-out", before, [pod(1), pod(2), pod(4)], 0).done).to.equal(false);
  });
});

describe("the proof of an overload", () => {
  const ended = (reason: string, restarts = 1) =>
    pod(2, { restarts, lastEnd: { exitCode: 137, reason } });

  it("is an agent that was restarted because it ran out of memory", () => {
    expect(judgeSurge("oom-kill", before, [pod(1), ended("OOMKilled")], 15_000)).to.deep.equal({
      done: true,
      value: "15000 spans/s sent, gw-2 (UID u2) OOMKilled",
    });
  });

  it("fails when none was restarted, or for another reason, or before", () => {
    expect(judgeSurge("oom-kill", before, before, 0).done).to.equal(false);
    expect(judgeSurge("oom-kill", before, [ended("Error")], 0).done).to.equal(false);
    const old = [ended("OOMKilled")];
    expect(judgeSurge("oom-kill", old, old, 0).done).to.equal(false);
  });
});
