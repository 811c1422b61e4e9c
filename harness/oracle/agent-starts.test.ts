import { expect } from "chai";
import type { TopologyEvent } from "../model/history.js";
import { agentStartsIn } from "./agent-starts.js";
import { WATCH_LAG_MS } from "./epochs.js";

const event = (atMs: number, more: Partial<TopologyEvent> = {}): TopologyEvent => ({
  atMs,
  source: "pod",
  change: "modified",
  pod: "agent-1",
  uid: "u1",
  tier: "agent",
  ip: "10.0.0.1",
  node: "n1",
  ready: true,
  terminating: false,
  restarts: 0,
  service: "",
  disruption: null,
  ...more,
});
const RESOLVER = { intervalMs: 5_000, timeoutMs: 1_000 };
const starts = (...events: TopologyEvent[]) => agentStartsIn(events, RESOLVER);

describe("agents that started", () => {
  it("may know no gateway from their appearance until a failed look-up was repeated after they got ready", () => {
    const unready = event(10_000, { change: "added", ready: false });
    expect(starts(unready, event(14_000), event(60_000))).to.deep.equal([
      { node: "n1", fromMs: 10_000, toMs: 20_000 + WATCH_LAG_MS },
    ]);
  });

  it("begin anew when their container does, ready or not", () => {
    const again = event(50_000, { restarts: 1, ready: false });
    expect(starts(event(0), again, event(58_000, { restarts: 1 }))[1]).to.deep.equal({
      node: "n1",
      fromMs: 50_000 - WATCH_LAG_MS,
      toMs: 56_000 + WATCH_LAG_MS,
    });
  });

  it("are not gateways, and not pods that only change", () => {
    const changes = [event(0), event(50_000, { ready: false }), event(60_000)];
    expect(starts(...changes)).to.have.length(1);
    expect(starts(event(0, { tier: "gateway" }))).to.deep.equal([]);
  });
});
