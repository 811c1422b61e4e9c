import { expect } from "chai";
import type { TopologyEvent } from "../model/history.js";
import { gatewayLevels, mostGateways } from "./gateway-levels.js";

const event = (atMs: number, pod: string, over: Partial<TopologyEvent> = {}): TopologyEvent => ({
  atMs,
  source: "pod",
  change: "added",
  pod,
  uid: pod,
  tier: "gateway",
  ip: "",
  node: "",
  ready: true,
  terminating: false,
  restarts: 0,
  service: "",
  disruption: "",
  ...over,
});
const pod = (name: string, template = "669fc8f459") => `otel-gateway-${template}-${name}`;
const gone = { change: "deleted", ready: false } as const;

describe("numbers of gateways", () => {
  it("count pods that are there and stay, whatever other pods and endpoints do", () => {
    expect(
      gatewayLevels(
        [
          event(0, pod("aaaaa")),
          event(0, pod("bbbbb"), { ready: false }),
          event(0, "otel-agent-1", { tier: "agent" }),
          event(0, pod("ccccc"), { source: "endpoint" }),
          event(60_000, pod("aaaaa"), { change: "modified", terminating: true }),
        ],
        0,
      ),
    ).to.deep.equal([
      [
        { atMs: 0, pods: 2 },
        { atMs: 60_000, pods: 1 },
      ],
    ]);
  });

  it("last while pods of theirs only start and get ready", () => {
    expect(
      gatewayLevels(
        [
          event(0, pod("aaaaa")),
          event(60_000, pod("bbbbb"), { ready: false }),
          event(62_000, pod("bbbbb"), { change: "modified", ready: false }),
          event(68_000, pod("bbbbb"), { change: "modified" }),
          event(74_000, pod("ccccc"), { ready: false }),
        ],
        0,
      ),
    ).to.deep.equal([
      [
        { atMs: 0, pods: 1 },
        { atMs: 60_000, pods: 2 },
        { atMs: 74_000, pods: 3 },
      ],
    ]);
  });

  it("pass over a pod that was replaced within ten seconds, and what was before", () => {
    expect(
      gatewayLevels(
        [
          event(0, pod("aaaaa")),
          event(20_000, pod("bbbbb")),
          event(70_000, pod("aaaaa"), gone),
          event(79_999, pod("ccccc")),
        ],
        65_000,
      ),
    ).to.deep.equal([[{ atMs: 79_999, pods: 2 }]]);
  });

  it("begin anew after a rollout", () => {
    expect(
      gatewayLevels(
        [
          event(0, pod("aaaaa")),
          event(20_000, pod("bbbbb", "77fc8f4500")),
          event(60_000, pod("ccccc", "77fc8f4500")),
          event(90_000, pod("aaaaa"), gone),
        ],
        0,
      ),
    ).to.deep.equal([[{ atMs: 0, pods: 1 }], [{ atMs: 90_000, pods: 2 }]]);
  });
});

describe("the most gateways of a time", () => {
  const topology = [
    event(0, pod("aaaaa")),
    event(20_000, pod("bbbbb")),
    event(21_000, pod("ccccc")),
    event(22_000, pod("aaaaa"), gone),
    event(23_000, pod("bbbbb"), { change: "modified", terminating: true }),
  ];

  it("counts those that were there as it began, and one that stayed for a second", () => {
    expect(mostGateways(topology, { fromMs: 10_000, toMs: 15_000 })).to.equal(1);
    expect(mostGateways(topology, { fromMs: 19_000, toMs: 22_500 })).to.equal(3);
    expect(mostGateways(topology, { fromMs: 22_500, toMs: 60_000 })).to.equal(2);
    expect(mostGateways(topology, { fromMs: 23_000, toMs: 60_000 })).to.equal(1);
  });

  it("is none before the first was seen", () => {
    expect(mostGateways(topology, { fromMs: -2, toMs: -1 })).to.equal(0);
  });
});
