import { expect } from "chai";
import { judgeFreeze, stateIn } from "./freeze-gateway.js";

const target = { kind: "pod", name: "gw-1", uid: "u1", ip: "10.0.0.1" } as const;

describe("the proof of a frozen gateway", () => {
  it("is the kernel's word that its process is stopped", () => {
    expect(stateIn("State:\tT (stopped)\n")).to.equal("T (stopped)");
    expect(judgeFreeze(target, "unnoticed", { state: "T (stopped)", ready: true })).to.deep.equal({
      done: true,
      value: "process of gw-1 (UID u1) in state T (stopped), pod ready",
    });
  });

  it("fails while the process runs or is gone", () => {
    for (const state of ["S (sleeping)", "R (running)", ""]) {
      expect(judgeFreeze(target, "unnoticed", { state, ready: false }).done, state).to.equal(false);
    }
    expect(stateIn("")).to.equal("");
  });

  it("that the cluster had to notice needs the pod to be not ready while it is stopped", () => {
    expect(judgeFreeze(target, "noticed", { state: "T (stopped)", ready: true }).done).to.equal(
      false,
    );
    expect(judgeFreeze(target, "noticed", { state: "T (stopped)", ready: false }).done).to.equal(
      true,
    );
    expect(judgeFreeze(target, "noticed", { state: "S (sleeping)", ready: false }).done).to.equal(
      false,
    );
  });
});
