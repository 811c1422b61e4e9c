import { expect } from "chai";
import type { TopologyEvent } from "../model/history.js";
import { gatewaySets, podLives } from "./pod-lives.js";

const event = (part: Partial<TopologyEvent>): TopologyEvent => ({
  atMs: 0,
  source: "pod",
  change: "modified",
  pod: "gw-a",
  uid: "a",
  tier: "gateway",
  ip: "10.0.0.1",
  node: "worker",
  ready: true,
  terminating: false,
  restarts: 0,
  disruption: "",
  service: "",
  ...part,
});

describe("pods' lives", () => {
  it("follow readiness, termination and deletion, whatever the order of the record", () => {
    const events = [
      event({ atMs: 50, change: "deleted" }),
      event({ atMs: 10, change: "added", ready: false, ip: "", node: "" }),
      event({ atMs: 20 }),
      event({ atMs: 25 }),
      event({ atMs: 40, terminating: true, restarts: 1 }),
      event({ atMs: 45, uid: "b", pod: "gw-b", change: "added" }),
      event({ atMs: 5, uid: "c", pod: "agent", tier: "agent" }),
    ];
    const [a, b, agent] = podLives(events, 100);
    expect(a).to.deep.include({
      pod: "gw-a",
      ip: "10.0.0.1",
      endMs: 50,
      deleted: true,
      restarts: 1,
    });
    expect(a!.states).to.deep.equal([
      { atMs: 10, state: "not-ready" },
      { atMs: 20, state: "ready" },
      { atMs: 40, state: "terminating" },
    ]);
    expect(b).to.deep.include({ pod: "gw-b", endMs: 100, deleted: false });
    expect(agent!.tier).to.equal("agent");
  });
});

describe("sets of gateways", () => {
  const endpoint = (part: Partial<TopologyEvent>): TopologyEvent =>
    event({ source: "endpoint", service: "headless", ...part });

  it("change only when a ready endpoint comes or goes", () => {
    const sets = gatewaySets([
      endpoint({ atMs: 1 }),
      endpoint({ atMs: 2, uid: "b", pod: "gw-b", ready: false }),
      endpoint({ atMs: 3, uid: "b", pod: "gw-b" }),
      endpoint({ atMs: 3, uid: "b", pod: "gw-b", service: "plain" }),
      endpoint({ atMs: 4, terminating: true }),
      endpoint({ atMs: 5, change: "deleted", terminating: true }),
      event({ atMs: 6, uid: "z", pod: "gw-z" }),
    ]);
    expect(sets).to.deep.equal([
      { atMs: 1, gateways: ["gw-a"] },
      { atMs: 3, gateways: ["gw-a", "gw-b"] },
      { atMs: 4, gateways: ["gw-b"] },
    ]);
  });
});
