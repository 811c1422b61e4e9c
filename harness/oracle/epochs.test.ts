import { expect } from "chai";
import type { TopologyEvent } from "../model/history.js";
import { dnsCacheMs, gatewaySets, possibleRings, ringsWithin } from "./epochs.js";

const HOST = "otel-gateway-headless.observability.svc.cluster.local";
const SERVICE = "otel-gateway-headless";
const RESOLVER = { service: SERVICE, keepsUnready: false };

function endpoint(atMs: number, ip: string, over: Partial<TopologyEvent> = {}): TopologyEvent {
  return {
    atMs,
    source: "endpoint",
    change: "added",
    pod: ip,
    uid: ip,
    tier: "gateway",
    ip,
    node: "n1",
    ready: true,
    terminating: false,
    restarts: 0,
    disruption: "",
    service: SERVICE,
    ...over,
  };
}
const START = ["a", "b", "c"].map((ip) => endpoint(0, ip));
const sets = (...events: TopologyEvent[]): unknown[] =>
  gatewaySets([...START, ...events], RESOLVER).map(
    ({ atMs, ips }) => `${String(atMs)} ${ips.join("")}`,
  );

describe("gateway sets", () => {
  it("change when an endpoint comes, goes, or is not ready", () => {
    expect(
      sets(
        endpoint(10_000, "d"),
        endpoint(20_000, "a", { change: "deleted" }),
        endpoint(30_000, "b", { change: "modified", ready: false }),
        endpoint(40_000, "b", { change: "modified" }),
        endpoint(50_000, "c", { change: "modified", terminating: true }),
      ),
    ).to.deep.equal(["0 abc", "10000 abcd", "20000 bcd", "30000 cd", "40000 bcd", "50000 bd"]);
  });

  it("keep one that is not ready until its endpoint is gone, where the resolver does", () => {
    const events = [
      ...START,
      endpoint(10_000, "d", { ready: false }),
      endpoint(20_000, "a", { change: "modified", ready: false, terminating: true }),
      endpoint(30_000, "a", { change: "deleted", ready: false, terminating: true }),
    ];
    expect(
      gatewaySets(events, { ...RESOLVER, keepsUnready: true }).map(
        ({ atMs, ips }) => `${String(atMs)} ${ips.join("")}`,
      ),
    ).to.deep.equal(["0 abc", "10000 abcd", "30000 bcd"]);
  });

  it("take events of one moment, and the first listing, as one", () => {
    const late = [endpoint(0, "a"), endpoint(200, "b"), endpoint(499, "c"), endpoint(700, "d")];
    expect(gatewaySets(late, RESOLVER).map(({ ips }) => ips.join(""))).to.deep.equal([
      "abc",
      "abcd",
    ]);
    expect(sets(endpoint(9_000, "a", { change: "deleted" }), endpoint(9_000, "d"))).to.deep.equal([
      "0 abc",
      "9000 bcd",
    ]);
  });

  it("ignore other Services, pods, and an event that changes nothing", () => {
    expect(
      sets(
        endpoint(10_000, "x", { service: "otel-gateway" }),
        endpoint(10_001, "y", { source: "pod", service: "" }),
        endpoint(10_002, "a", { change: "modified" }),
      ),
    ).to.deep.equal(["0 abc"]);
  });

  it("stay when the last endpoint goes: the resolver keeps what it has", () => {
    const gone = ["a", "b", "c"].map((ip) => endpoint(5_000, ip, { change: "deleted" }));
    expect(sets(...gone, endpoint(9_000, "d"))).to.deep.equal(["0 abc", "9000 d"]);
  });
});

describe("possible rings", () => {
  const delays = { lagMs: 12_000, stallMs: 10_000 };
  const times = (list: { atMs: number; ips: string[] }[]): number[][] =>
    possibleRings(list, delays).map(({ fromMs, toMs }) => [fromMs, toMs]);

  it("overlap for the lag after an endpoint came, and for the stall before one went", () => {
    expect(
      times([
        { atMs: 5, ips: ["a", "b"] },
        { atMs: 100_000, ips: ["a", "b", "c"] },
        { atMs: 200_000, ips: ["a", "c"] },
      ]),
    ).to.deep.equal([
      [0, 112_000],
      [99_000, 212_000],
      [189_000, Infinity],
    ]);
  });

  it("of agents that route anew are those of items that were tried for so long before", () => {
    const list = [
      { atMs: 5, ips: ["a", "b"] },
      { atMs: 100_000, ips: ["a"] },
      { atMs: 120_000, ips: ["a", "c"] },
    ];
    const anew = possibleRings(list, { ...delays, rerouteMs: 60_000 });
    expect(anew.map(({ fromMs }) => fromMs)).to.deep.equal([0, 29_000, 59_000]);
  });

  it("are those whose time meets the item's, ends excluded", () => {
    const rings = possibleRings(
      [
        { atMs: 0, ips: ["a"] },
        { atMs: 100_000, ips: ["a", "b"] },
      ],
      delays,
    );
    const count = (fromMs: number, toMs: number): number => ringsWithin(rings, fromMs, toMs).length;
    expect([count(90_000, 99_000), count(90_000, 99_001)]).to.deep.equal([1, 2]);
    expect([count(111_999, 115_000), count(112_000, 115_000)]).to.deep.equal([2, 1]);
  });
});

describe("CoreDNS's cache", () => {
  const file = (ttl: string, cache: string): string =>
    `.:53 {\n  kubernetes cluster.local {\n    ${ttl}\n  }\n  ${cache}\n}\n`;

  for (const [what, corefile, ms] of [
    ["holds a record for its TTL", file("ttl 5", "cache 30"), 5_000],
    ["holds a record no longer than its cap", file("ttl 60", "cache 30"), 30_000],
    ["takes the plugin's TTL of 5 s without one", file("", "cache"), 5_000],
    [
      "holds at least what success names last",
      file("ttl 5", "cache {\n success 100 20 9\n}"),
      9_000,
    ],
    [
      "is bounded by success's second number",
      file("ttl 90", "cache {\n success 100 20 9\n}"),
      20_000,
    ],
    ["is off without the plugin", file("ttl 5", ""), 0],
    ["is off in a comment", file("ttl 5", "# cache 30"), 0],
    ["is off for the zone", file("ttl 30", "cache 30 {\n disable success cluster.local\n}"), 0],
    ["is off for every zone", file("ttl 30", "cache 30 {\n disable success\n}"), 0],
    ["is off for a zone above", file("ttl 30", "cache 30 {\n disable success local.\n}"), 0],
    [
      "stays on for a foreign zone",
      file("ttl 30", "cache 30 {\n disable success x.org\n}"),
      30_000,
    ],
    ["stays on when only denial is off", file("ttl 30", "cache 30 {\n disable denial\n}"), 30_000],
  ] as const) {
    it(what, () => {
      expect(dnsCacheMs(corefile, HOST)).to.equal(ms);
    });
  }
});
