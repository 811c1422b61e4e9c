import { expect } from "chai";
import { crashNode, slowNetwork } from "./node-faults.js";
import { killAgent, killGateway, rollout } from "./pod-faults.js";
import { killObserver, troubleBackends } from "./service-faults.js";
import { outsideReach, reasonOutside } from "./fault-reach.js";

describe("the reach of a fault", () => {
  it("is the namespace for what the API does to pods, workloads and observers", () => {
    for (const fault of [
      killGateway({ how: "force-delete", pick: "one" }),
      killGateway({ how: "dry-run", pick: "one" }),
      rollout({ tier: "agent", to: "restart" }),
      troubleBackends({ kind: "down" }),
    ]) {
      expect(outsideReach(fault), fault.kind).to.equal(null);
    }
  });

  it("is a node for what signals a process, though the kind of fault is the same", () => {
    for (const fault of [
      killGateway({ how: "sigkill", pick: "one" }),
      killAgent({ how: "sigkill", pick: "one" }),
      killObserver("generator"),
    ]) {
      expect(outsideReach(fault), fault.kind).to.contain("process of a node");
    }
    expect(outsideReach(slowNetwork({ how: "loss", share: 0.1 }))).to.contain("packet rules");
  });

  it("of a scenario is named with the fault; what it may draw counts", () => {
    const fault = crashNode({ outage: "noticed" });
    const why = "its fault crash-node (noticed) cuts the power of a node";
    expect(reasonOutside({ faults: [{ atMs: 0, fault }] })).to.equal(why);
    expect(reasonOutside({ faults: [], draws: [{ fault }] })).to.equal(why);
    expect(reasonOutside({ faults: [] })).to.equal(null);
  });
});
