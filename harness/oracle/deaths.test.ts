import { expect } from "chai";
import type { TopologyEvent } from "../model/history.js";
import { deathsIn } from "./deaths.js";
import type { Outage } from "./outages.js";
import { podEvent } from "./test-topology.js";

const HEADLESS = { service: "headless", keepsUnready: false };
const windows = (...events: TopologyEvent[]): unknown[] =>
  deathsIn(events).map(({ uid, kind, fromMs, toMs }) => [uid, kind, fromMs, toMs]);

describe("deaths", () => {
  it("a pod deleted by force ended between a second before it was seen and three after", () => {
    expect(windows(podEvent(0), podEvent(50_000, { change: "deleted" }))).to.deep.equal([
      ["u1", "gone", 49_000, 53_000],
    ]);
  });

  it("a pod that is terminating may have ended since then", () => {
    const gone = podEvent(80_000, { change: "deleted", terminating: true });
    expect(windows(podEvent(0), podEvent(50_000, { terminating: true }), gone)).to.deep.equal([
      ["u1", "gone", 49_000, 83_000],
    ]);
  });

  it("a gateway that is asked to stop goes on while its preStop sleeps, unless it is gone sooner", () => {
    const asked = podEvent(50_000, { terminating: true });
    const gone = (atMs: number) => podEvent(atMs, { change: "deleted", terminating: true });
    const of = (atMs: number) =>
      deathsIn([podEvent(0), asked, gone(atMs)], undefined, [], 20_000)[0];
    expect(of(80_000)).to.include({ askedMs: 50_000, fromMs: 69_000, toMs: 83_000 });
    expect(of(55_000)).to.include({ fromMs: 54_000, toMs: 58_000 });
    const forced = deathsIn(
      [podEvent(0), podEvent(50_000, { change: "deleted" })],
      undefined,
      [],
      20_000,
    );
    expect(forced[0]).to.include({ askedMs: null, fromMs: 49_000 });
  });

  it("a container that restarted ended at most ten seconds before it was seen", () => {
    expect(
      windows(podEvent(0), podEvent(50_000, { restarts: 1 }), podEvent(60_000, { restarts: 1 })),
    ).to.deep.equal([["u1", "restarted", 40_000, 50_000]]);
  });

  it("a container that was started again late ended up to three seconds before its pod got unready", () => {
    expect(
      windows(
        podEvent(0),
        podEvent(20_000, { ready: false }),
        podEvent(21_000, { ready: false, restarts: 1 }),
        podEvent(28_000, { restarts: 1 }),
        podEvent(30_000, { ready: false, restarts: 1 }),
        podEvent(31_000, { ready: false, restarts: 1 }),
        podEvent(70_000, { ready: false, restarts: 2 }),
      ),
    ).to.deep.equal([
      ["u1", "restarted", 11_000, 21_000],
      ["u1", "restarted", 27_000, 70_000],
    ]);
  });

  it("a restart takes the address out of the Service only if its endpoint there stops serving", () => {
    const unlisted = (...events: TopologyEvent[]): boolean[] =>
      deathsIn([podEvent(0), podEvent(50_000, { restarts: 1 }), ...events], HEADLESS).map(
        (death) => death.unlisted,
      );
    const endpoint = (atMs: number, over: Partial<TopologyEvent> = {}): TopologyEvent =>
      podEvent(atMs, { source: "endpoint", service: "headless", ready: false, ...over });
    expect(unlisted()).to.deep.equal([false]);
    expect(unlisted(endpoint(49_000))).to.deep.equal([true]);
    expect(unlisted(endpoint(52_000))).to.deep.equal([true]);
    expect(unlisted(endpoint(49_000, { ready: true }))).to.deep.equal([false]);
    expect(unlisted(endpoint(49_000, { service: "other" }))).to.deep.equal([false]);
    expect(unlisted(endpoint(49_000, { uid: "u2" }))).to.deep.equal([false]);
    expect(unlisted(endpoint(20_000), endpoint(70_000))).to.deep.equal([false]);
    expect(
      deathsIn([podEvent(0), podEvent(9, { change: "deleted" })], HEADLESS).map(
        (death) => death.unlisted,
      ),
    ).to.deep.equal([true]);
    const keeps = { ...HEADLESS, keepsUnready: true };
    const restarted = [podEvent(0), podEvent(50_000, { restarts: 1 }), endpoint(49_000)];
    expect(deathsIn(restarted, keeps).map((death) => death.unlisted)).to.deep.equal([false]);
  });

  it("restarts from before the watch began are none", () => {
    expect(
      windows(podEvent(0, { change: "added", restarts: 3 }), podEvent(9, { restarts: 3 })),
    ).to.deep.equal([]);
  });

  it("endpoints and observers do not count; the order of the events does not matter", () => {
    const events = [
      podEvent(70_000, { uid: "o", tier: "observer", change: "deleted" }),
      podEvent(60_000, { uid: "e", source: "endpoint", change: "deleted" }),
      podEvent(50_000, { change: "deleted" }),
      podEvent(40_000, { uid: "agent", tier: "agent", restarts: 2 }),
      podEvent(0),
      podEvent(0, { uid: "agent", tier: "agent", restarts: 1 }),
    ];
    expect(windows(...events)).to.deep.equal([
      ["agent", "restarted", 30_000, 40_000],
      ["u1", "gone", 49_000, 53_000],
    ]);
  });

  it("a deletion without an address has the last one that was known", () => {
    const [death] = deathsIn([podEvent(0), podEvent(50_000, { change: "deleted", ip: "" })]);
    expect(death?.ip).to.equal("10.0.0.1");
  });

  describe("on a node that was killed", () => {
    const outage = (over: Partial<Outage> = {}): Outage => ({
      kind: "killed",
      nodes: ["n1"],
      uids: [],
      fromMs: 50_000,
      struckMs: 50_400,
      toMs: 120_000,
      ...over,
    });
    const back = podEvent(95_000, { restarts: 1, ip: "10.0.0.9" });
    const dated = (outages: Outage[], ...events: TopologyEvent[]): unknown[] =>
      deathsIn(events, undefined, outages).map(({ ip, fromMs, toMs }) => [ip, fromMs, toMs]);

    it("are dated by the kill and known by the address that died, however late the restart shows", () => {
      expect(dated([outage()], podEvent(0), back)).to.deep.equal([["10.0.0.1", 50_000, 50_400]]);
    });

    it("are dated once: a second restart is another death", () => {
      const again = podEvent(110_000, { restarts: 2, ip: "10.0.0.9" });
      expect(dated([outage()], podEvent(0), back, again)).to.deep.equal([
        ["10.0.0.1", 50_000, 50_400],
        ["10.0.0.9", 100_000, 110_000],
      ]);
    });

    it("are dated as usual on other nodes, after the healing, and where nothing was killed", () => {
      for (const other of [
        outage({ nodes: ["n2"] }),
        outage({ toMs: 94_000 }),
        outage({ kind: "cut-off" }),
      ]) {
        expect(dated([other], podEvent(0), back)).to.deep.equal([["10.0.0.9", 85_000, 95_000]]);
      }
    });
  });
});
