import { expect } from "chai";
import type { TopologyEvent } from "../model/history.js";
import { terminalProgress } from "../report/terminal.js";
import { countGateways, describeLoad, type LoadState } from "./describe-load.js";

const counts = (traces: number, metrics: number, logs: number) => ({ traces, metrics, logs });
const state: LoadState = {
  generator: { attempted: counts(10_000, 1_000, 2_000), acked: counts(9_990, 990, 2_000) },
  backends: [
    { received: counts(1_000, 0, 0) },
    { received: counts(0, 980, 0) },
    { received: counts(0, 0, 1_970) },
  ],
  perSecond: 649.6,
  gateways: { ready: 2, wanted: 3 },
  next: { what: "kill-gateway", inMs: 9_000 },
};
const LINE =
  "gateways 2/3 · kill-gateway in 9.0 s · sent 13,000 (650/s) · acked 12,980 · " +
  "received 3,950 · missing 40";

describe("the line that tells how a load is going", () => {
  it("begins with the gateways and what comes next; spans that sampling may drop are not missing", () => {
    expect(describeLoad(state)).to.equal(LINE);
    const first = { ...state, perSecond: undefined, gateways: undefined };
    expect(describeLoad(first)).to.match(/^kill-gateway in 9.0 s · sent 13,000 · acked/);
  });

  for (const [columns, ends] of [
    [60, /^load 4.0 s · gateways 2\/3 · kill-gateway in 9.0 s · …$/],
    [80, /^ {3}4.0 s .*kill-gateway in 9.0 s · …$/],
    [120, /received 3,950 · …$/],
    [200, /missing 40$/],
  ] as const) {
    it(`leaves out whole parts that do not fit into ${String(columns)} columns`, () => {
      const written: string[] = [];
      const clock = { ms: 0 };
      const stream = { isTTY: true, columns, write: (text: string) => written.push(text) };
      const progress = terminalProgress({ stream, colour: false, now: () => clock.ms });
      progress.phase("load");
      clock.ms = 4_000;
      progress.status(describeLoad(state));
      const line = (written.at(-1) ?? "").replace("\r\u001b[K", "");
      progress.close();
      expect(line).to.match(ends);
      expect(Array.from(line).length).to.be.below(columns);
    });
  }
});

describe("gateways that are ready", () => {
  const event = (uid: string, over: Partial<TopologyEvent> = {}): TopologyEvent => ({
    ...{ atMs: 0, source: "pod", change: "modified", pod: uid, uid, tier: "gateway", ip: "" },
    ...{ node: "", ready: true, terminating: false, restarts: 0, service: "", disruption: "" },
    ...over,
  });

  it("are counted by the last that was seen of each; agents and endpoints do not count", () => {
    const seen = [
      event("a"),
      event("b"),
      event("x", { tier: "agent" }),
      event("a", { source: "endpoint" }),
    ];
    expect(countGateways([])).to.equal(undefined);
    expect(countGateways(seen)).to.deep.equal({ ready: 2, wanted: 2 });
    const dying = [...seen, event("a", { terminating: true }), event("c", { ready: false })];
    expect(countGateways(dying)).to.deep.equal({ ready: 1, wanted: 2 });
    const replaced = [...dying, event("a", { change: "deleted" }), event("c")];
    expect(countGateways(replaced)).to.deep.equal({ ready: 2, wanted: 2 });
  });
});
