import type { V1EndpointSlice, V1ManagedFieldsEntry, V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";
import { changedMs, changesBetween, endpointStates, podStates } from "./topology-events.js";

const pod = (
  changes: { ready?: boolean; deleted?: boolean; app?: string; disruption?: string } = {},
): V1Pod =>
  ({
    metadata: {
      name: "otel-gateway-1",
      uid: "u1",
      labels: { app: changes.app ?? "otel-gateway" },
      ...(changes.deleted === true ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
    spec: { nodeName: "worker" },
    status: {
      podIP: "10.244.1.2",
      conditions: [
        { type: "Ready", status: changes.ready === false ? "False" : "True" },
        ...(changes.disruption === undefined
          ? []
          : [{ type: "DisruptionTarget", status: "True", reason: changes.disruption }]),
      ],
      containerStatuses: [{ restartCount: 2 }, { restartCount: 1 }],
    },
  }) as unknown as V1Pod;

const endpoint = (uid: string, name: string, ready: boolean) => ({
  addresses: [`10.244.0.${uid}`],
  conditions: { ready, terminating: !ready },
  nodeName: "worker",
  targetRef: { name, uid },
});
const slice = (endpoints: unknown): V1EndpointSlice =>
  ({
    metadata: { labels: { "kubernetes.io/service-name": "otel-gateway-headless" } },
    endpoints,
  }) as unknown as V1EndpointSlice;

describe("the time of a change", () => {
  it("is the newest stamp of any manager of the object's fields, as the API sends it", () => {
    const managedFields = [
      { manager: "kubelet", time: "2026-01-01T00:00:09Z" },
      { manager: "scheduler", time: "2026-01-01T00:00:07Z" },
      { manager: "nobody" },
    ] as unknown as V1ManagedFieldsEntry[];
    expect(changedMs({ metadata: { managedFields } })).to.equal(Date.UTC(2026, 0, 1, 0, 0, 9));
    expect(changedMs({ metadata: {} })).to.equal(-Infinity);
  });
});

describe("topology events", () => {
  it("state of a pod its tier, address, node, readiness and the restarts of all containers", () => {
    expect([...podStates(pod()).values()]).to.deep.equal([
      {
        source: "pod",
        pod: "otel-gateway-1",
        uid: "u1",
        tier: "gateway",
        ip: "10.244.1.2",
        node: "worker",
        ready: true,
        terminating: false,
        restarts: 3,
        service: "",
        disruption: "",
      },
    ]);
    expect(podStates(pod({ app: "otel-agent" })).get("u1")?.tier).to.equal("agent");
    expect(podStates(pod({ app: "tempo" })).get("u1")?.tier).to.equal("observer");
  });

  it("tell a pod that was evicted from one that was deleted", () => {
    const evicted = pod({ deleted: true, disruption: "EvictionByEvictionAPI" });
    expect(podStates(evicted).get("u1")?.disruption).to.equal("EvictionByEvictionAPI");
    expect(podStates(pod({ deleted: true })).get("u1")?.disruption).to.equal("");
  });

  it("never call a pod ready that is on its way out", () => {
    expect(podStates(pod({ deleted: true })).get("u1")).to.include({
      ready: false,
      terminating: true,
    });
  });

  it("take only gateways from endpoint slices, and bear a slice without endpoints", () => {
    const states = endpointStates(
      slice([endpoint("5", "otel-gateway-a", true), endpoint("6", "tempo-b", true)]),
    );
    expect([...states.keys()]).to.deep.equal(["otel-gateway-headless/5"]);
    expect(states.get("otel-gateway-headless/5")).to.include({
      source: "endpoint",
      service: "otel-gateway-headless",
      ip: "10.244.0.5",
      ready: true,
    });
    expect(endpointStates(slice(null)).size).to.equal(0);
  });

  it("are added, modified and deleted, and nothing when nothing relevant changed", () => {
    const ready = podStates(pod());
    const unready = podStates(pod({ ready: false }));
    const none = new Map<string, never>();
    const kinds = (before: typeof ready, after: typeof ready) =>
      changesBetween(before, after, 7).map(({ change, ready: isReady, atMs }) => [
        change,
        isReady,
        atMs,
      ]);
    expect(kinds(none, ready)).to.deep.equal([["added", true, 7]]);
    expect(kinds(ready, unready)).to.deep.equal([["modified", false, 7]]);
    expect(kinds(ready, podStates(pod()))).to.deep.equal([]);
    expect(kinds(ready, none)).to.deep.equal([["deleted", false, 7]]);
  });

  it("tell one endpoint's end from the others of its slice", () => {
    const before = endpointStates(
      slice([endpoint("5", "otel-gateway-a", true), endpoint("6", "otel-gateway-b", true)]),
    );
    const after = endpointStates(slice([endpoint("6", "otel-gateway-b", true)]));
    const events = changesBetween(before, after, 1);
    expect(events.map(({ change, uid }) => [change, uid])).to.deep.equal([["deleted", "5"]]);
  });
});
