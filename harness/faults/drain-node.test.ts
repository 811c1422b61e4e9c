import { expect } from "chai";
import fc from "fast-check";
import { evictionAnswer } from "../cluster/evict.js";
import type { NodeState } from "../cluster/node-states.js";
import { HarnessError } from "../model/errors.js";
import { random } from "../model/random.js";
import type { CollectorState } from "./collectors.js";
import { judgeDrain, judgeOpen, type Eviction } from "./drain-node.js";
import { pickNodes } from "./node-targets.js";
import { pod } from "./test-collectors.js";

const gateway = (n: number, more: Partial<CollectorState> = {}): CollectorState =>
  pod(n, { node: `w${String(n)}`, ...more });
const node = (name: string, schedulable: boolean): NodeState => ({
  name,
  uid: `uid-${name}`,
  ip: "172.18.0.2",
  ready: true,
  reason: "KubeletReady",
  schedulable,
});
const evicted = (n: number, more: Partial<Eviction> = {}): Eviction => ({
  pod: gateway(n),
  accepted: true,
  refusals: 0,
  why: "",
  ...more,
});

describe("the nodes to strike", () => {
  it("are a choice of the seed among those with a ready gateway, never one twice", () => {
    const gateways = [1, 2, 3].map((n) => gateway(n));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 63n }), (seed) => {
        const nodes = pickNodes(gateways, "two", random(seed));
        expect(new Set(nodes).size).to.equal(2);
        expect(pickNodes([...gateways].reverse(), "two", random(seed))).to.deep.equal(nodes);
      }),
    );
  });

  it("must be there: two gateways on one node are one node, and an unready one is none", () => {
    const together = [gateway(1), gateway(2, { node: "w1" }), gateway(3, { ready: false })];
    expect(() => pickNodes(together, "two", random(1n))).to.throw(HarnessError, "there are 1");
  });
});

describe("the answer to an eviction", () => {
  it("is yes, also for a pod that is gone; or not now, with the budget's words", () => {
    for (const status of [200, 201, 404, 409]) {
      expect(evictionAnswer("/p", status, "{}")).to.deep.equal({ kind: "accepted" });
    }
    expect(evictionAnswer("/p", 429, '{"message":"Cannot evict"}')).to.deep.equal({
      kind: "refused",
      why: "Cannot evict",
    });
    expect(evictionAnswer("/p", 429, "busy")).to.deep.equal({ kind: "refused", why: "busy" });
  });

  it("is an error when the API says anything else: a budget that cannot be counted answers 500", () => {
    expect(() => evictionAnswer("/p", 500, "oops")).to.throw(HarnessError, "answered 500");
  });
});

describe("the proof of a drain", () => {
  const drain = { nodes: ["w1"], allowed: 1, wanted: 3, evictions: [evicted(1)] };
  const closed = [node("w1", false), node("w2", true), node("w3", true)];
  const after = [gateway(2), gateway(3), gateway(4, { node: "w2" })];

  it("names the evicted pod and where the gateways are now", () => {
    expect(judgeDrain(drain, { nodes: closed, gateways: after })).to.deep.equal({
      done: true,
      value: "w1 cordoned; gw-1 (UID u1): evicted; ready: gw-2 on w2, gw-3 on w3, gw-4 on w2",
    });
  });

  it("fails while the pod is there, its replacement is not ready or stands on a drained node", () => {
    for (const gateways of [
      [gateway(1, { terminating: true }), ...after],
      after.slice(0, 2),
      [gateway(2), gateway(3), gateway(4, { node: "w2", ready: false })],
      [gateway(2), gateway(3), gateway(4, { node: "w1" })],
    ]) {
      expect(judgeDrain(drain, { nodes: closed, gateways }).done).to.equal(false);
    }
  });

  it("fails when the node takes pods, or an eviction was never accepted", () => {
    const open = [node("w1", true), ...closed.slice(1)];
    expect(judgeDrain(drain, { nodes: open, gateways: after }).done).to.equal(false);
    const refused = { ...drain, evictions: [evicted(1, { accepted: false, refusals: 9 })] };
    expect(judgeDrain(refused, { nodes: closed, gateways: after }).done).to.equal(false);
  });

  it("demands a refusal when more had to go than the budget allowed", () => {
    const two = { nodes: ["w1", "w3"], allowed: 1, wanted: 3, evictions: [evicted(1), evicted(3)] };
    const now = {
      nodes: [node("w1", false), node("w2", true), node("w3", false)],
      gateways: [2, 4, 5].map((n) => gateway(n, { node: "w2" })),
    };
    expect(judgeDrain(two, now)).to.deep.include({ done: false });
    const waited = { ...two, evictions: [evicted(1), evicted(3, { refusals: 12, why: "no" })] };
    expect(judgeDrain(waited, now)).to.have.property(
      "value",
      "w1, w3 cordoned; gw-1 (UID u1): evicted; gw-3 (UID u3): refused 12 times with 429 (no), evicted;" +
        " ready: gw-2 on w2, gw-4 on w2, gw-5 on w2",
    );
  });
});

describe("the healing of a drain", () => {
  it("is done when every drained node takes pods again", () => {
    expect(judgeOpen(["w1"], [node("w1", true)])).to.have.property("value", "w1 schedulable");
    expect(judgeOpen(["w1", "w2"], [node("w1", true), node("w2", false)]).done).to.equal(false);
    expect(judgeOpen(["w1"], []).done).to.equal(false);
  });
});
