import type { V1Node } from "@kubernetes/client-node";
import { expect } from "chai";
import { blindness } from "./autoscalers.js";
import { nodeTrouble } from "./baseline.js";

const parsed = (json: object): V1Node => JSON.parse(JSON.stringify(json)) as V1Node;

const node = (over: { ready?: string; cordoned?: boolean; taint?: string }): V1Node =>
  parsed({
    metadata: { name: "n1" },
    spec: {
      unschedulable: over.cordoned ?? false,
      ...(over.taint === undefined ? {} : { taints: [{ key: over.taint, effect: "NoSchedule" }] }),
    },
    status: {
      conditions: [{ type: "Ready", status: over.ready ?? "True", reason: "KubeletReady" }],
    },
  });

describe("the baseline of a cluster", () => {
  it("has only nodes that are ready and take pods; the control plane's own taint is no trouble", () => {
    expect(nodeTrouble(node({}))).to.equal(undefined);
    const controlPlane = node({ taint: "node-role.kubernetes.io/control-plane" });
    expect(nodeTrouble(controlPlane)).to.equal(undefined);
  });

  it("names the node that a fault left behind, and how", () => {
    expect(nodeTrouble(node({ ready: "Unknown" }))).to.equal("node n1 is not ready: KubeletReady");
    expect(nodeTrouble(node({ cordoned: true }))).to.equal("node n1 is cordoned");
    const unreachable = node({ taint: "node.kubernetes.io/unreachable" });
    expect(nodeTrouble(unreachable)).to.equal(
      "node n1 has the taint node.kubernetes.io/unreachable",
    );
    expect(nodeTrouble(parsed({ metadata: { name: "n1" } }))).to.contain("not ready: unknown");
  });

  it("has autoscalers that see a metric", () => {
    const seeing = (status: string) => ({
      metadata: { name: "gw" },
      status: { conditions: [{ type: "ScalingActive", status, message: "no metrics yet" }] },
    });
    expect(blindness(seeing("True"))).to.equal(undefined);
    expect(blindness(seeing("False"))).to.equal("HPA gw: no metrics yet");
    expect(blindness({ metadata: { name: "gw" } })).to.equal("HPA gw: has not looked yet");
  });
});
