import { expect } from "chai";
import { killGateway } from "../model/pod-faults.js";
import type { FaultSpec } from "../model/fault.js";
import type { FaultTarget, TopologyEvent } from "../model/history.js";
import {
  crashNode,
  freezeGateway,
  freezeNode,
  partition,
  slowNetwork,
} from "../model/node-faults.js";
import type { Death } from "./deaths.js";
import { departuresIn, heldUpIn } from "./departures.js";
import { outagesIn, type Outage } from "./outages.js";
import { endpointEvent, GONE, SERVICE } from "./test-topology.js";

const unready = endpointEvent(100_000, { ready: false });
const outage: Outage = {
  kind: "cut-off",
  nodes: [],
  uids: ["u1"],
  fromMs: 60_000,
  struckMs: 60_100,
  toMs: 130_000,
};
const departures = (
  events: TopologyEvent[],
  known: { deaths?: Death[]; outages?: Outage[]; keepsUnready?: boolean } = {},
): unknown[] =>
  departuresIn(
    events,
    { deaths: known.deaths ?? [], outages: known.outages ?? [] },
    {
      resolver: { service: SERVICE, keepsUnready: known.keepsUnready ?? false },
      unreadyAfterMs: 16_000,
    },
  ).map(({ ip, sinceMs, atMs }) => [ip, sinceMs, atMs]);

describe("departures", () => {
  it("are endpoints that stop serving: out of reach since the last probe that may have succeeded", () => {
    expect(departures([endpointEvent(0), unready])).to.deep.equal([["10.0.0.1", 83_000, 100_000]]);
    const gone = endpointEvent(100_000, { change: "deleted", ready: false });
    expect(departures([endpointEvent(0), gone])).to.deep.equal([["10.0.0.1", 83_000, 100_000]]);
  });

  it("of a resolver that keeps what is not ready begin with that, and end with the endpoint", () => {
    const events = [
      endpointEvent(0),
      unready,
      endpointEvent(150_000, { change: "deleted", ready: false }),
    ];
    expect(departures(events, { keepsUnready: true })).to.deep.equal([
      ["10.0.0.1", 83_000, 150_000],
    ]);
    expect(departures(events.slice(0, 2), { keepsUnready: true })).to.deep.equal([]);
  });

  it("are also endpoints that go on serving under another address", () => {
    expect(
      departures([endpointEvent(0), endpointEvent(100_000, { ip: "10.0.0.9" })]),
    ).to.deep.equal([["10.0.0.1", 83_000, 100_000]]);
  });

  it("happen once, and again after a return; nobody departs who did not serve", () => {
    const again = endpointEvent(101_000, { ready: false });
    expect(departures([endpointEvent(0), unready, again])).to.have.length(1);
    const back = [endpointEvent(110_000), endpointEvent(140_000, { ready: false })];
    expect(departures([endpointEvent(0), unready, ...back])).to.have.length(2);
    expect(departures([unready])).to.deep.equal([]);
    expect(departures([endpointEvent(0, { service: "other" }), unready])).to.deep.equal([]);
  });

  it("in an outage of theirs begin with it; in that of another gateway they do not", () => {
    expect(departures([endpointEvent(0), unready], { outages: [outage] })).to.deep.equal([
      ["10.0.0.1", 60_000, 100_000],
    ]);
    const ofNode = { ...outage, uids: [], nodes: ["n1"] };
    expect(departures([endpointEvent(0), unready], { outages: [ofNode] })).to.deep.equal([
      ["10.0.0.1", 60_000, 100_000],
    ]);
    for (const other of [
      { ...outage, uids: ["u2"] },
      { ...outage, toMs: 99_000 },
    ]) {
      expect(departures([endpointEvent(0), unready], { outages: [other] })).to.deep.equal([
        ["10.0.0.1", 83_000, 100_000],
      ]);
    }
  });

  it("are none where a death took the address: that has a narrower window of its own", () => {
    expect(departures([endpointEvent(0), unready], { deaths: [GONE] })).to.deep.equal([]);
    const earlier = { ...GONE, fromMs: 50_000, toMs: 54_000 };
    expect(departures([endpointEvent(0), unready], { deaths: [earlier] })).to.have.length(1);
  });
});

describe("what agents hold up", () => {
  const topology = [endpointEvent(0, { source: "pod", service: "" })];
  const held = (
    outages: Outage[],
    departed: { ip: string; sinceMs: number; atMs: number }[] = [],
  ) =>
    heldUpIn(
      departed.map((one) => ({ ...one, uid: "u1" })),
      outages,
      { topology, lagMs: 12_000 },
    );

  it("is for a gateway in an outage, by its pod or its node, until that is over", () => {
    const expected = [{ ip: "10.0.0.1", node: null, fromMs: 60_000, toMs: 130_000 }];
    expect(held([outage])).to.deep.equal(expected);
    expect(held([{ ...outage, uids: [], nodes: ["n1"] }])).to.deep.equal(expected);
    expect(held([{ ...outage, uids: ["u2"], nodes: ["n2"] }])).to.deep.equal([]);
  });

  it("is everything on a frozen node", () => {
    const frozen: Outage = { ...outage, kind: "frozen", uids: [], nodes: ["n2"] };
    expect(held([frozen])).to.deep.equal([{ ip: null, node: "n2", fromMs: 60_000, toMs: 130_000 }]);
  });

  it("is for one that departs until the last agent knows", () => {
    expect(held([], [{ ip: "10.0.0.1", sinceMs: 83_000, atMs: 100_000 }])).to.deep.equal([
      { ip: "10.0.0.1", node: null, fromMs: 83_000, toMs: 112_000 },
    ]);
  });
});

describe("outages", () => {
  const node: FaultTarget = { kind: "node", name: "n1", uid: "un", ip: "172.18.0.3" };
  const pod: FaultTarget = { kind: "pod", name: "gw", uid: "u1", ip: "10.0.0.1" };
  const lived = (spec: FaultSpec, targets: FaultTarget[]) =>
    (["injecting", "injected", "healed"] as const).map((step, n) => ({
      ...{ atMs: 1_000 * (n + 1), fault: 0, spec, step, targets },
    }));

  it("of a crashed node kill what runs there; a frozen gateway, a partition or a bad network cut off", () => {
    expect(outagesIn(lived(crashNode({ outage: "noticed" }), [node, pod]))).to.deep.equal([
      { kind: "killed", nodes: ["n1"], uids: [], fromMs: 1_000, struckMs: 2_000, toMs: 3_000 },
    ]);
    const cutOff = { kind: "cut-off", nodes: [], uids: ["u1"], fromMs: 1_000 };
    for (const spec of [
      freezeGateway({ outage: "noticed" }),
      partition({ between: "agents-and-gateway", way: "both" }),
      slowNetwork({ how: "loss", share: 0.2 }),
      slowNetwork({ how: "delay", delayMs: 300 }),
    ]) {
      expect(outagesIn(lived(spec, [pod]))).to.deep.equal([
        { ...cutOff, struckMs: 2_000, toMs: 3_000 },
      ]);
    }
  });

  it("of a frozen node stop the time of its pods, of the agent there too", () => {
    const [frozen] = outagesIn(lived(freezeNode({ outage: "noticed" }), [node, pod]));
    expect(frozen).to.deep.include({ kind: "frozen", nodes: ["n1"], uids: [] });
  });

  it("are none where agents reach the gateway, it just dies, or the fault never struck", () => {
    const backends = partition({ between: "gateway-and-backends", way: "both" });
    expect(outagesIn(lived(backends, [pod]))).to.deep.equal([]);
    const kill = killGateway({ how: "force-delete", pick: "one" });
    expect(outagesIn(lived(kill, [pod]))).to.deep.equal([]);
    const never = lived(crashNode({ outage: "noticed" }), [node]).filter(
      ({ step }) => step !== "injected",
    );
    expect(outagesIn(never)).to.deep.equal([]);
  });

  it("go on when they were never healed", () => {
    const [first, second] = lived(crashNode({ outage: "noticed" }), [node]);
    if (first === undefined || second === undefined) throw new TypeError("two steps are missing");
    expect(outagesIn([first, second])[0]?.toMs).to.equal(Infinity);
  });
});
