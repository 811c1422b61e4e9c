/** What proves the faults of backends, DNS, the API server and the observers, and what does not. */
import { expect } from "chai";
import { withFrozenName, withoutFrozenName } from "../cluster/coredns.js";
import { describeFault } from "../model/fault.js";
import { troubleBackends } from "../model/service-faults.js";
import { judgeSilent } from "./control-plane-outage.js";
import { judgeBack, judgeOutage } from "./dns-outage.js";
import { judgeStale, judgeTrue } from "./dns-stale.js";
import { resolutionsIn } from "./gateway-names.js";
import { judgeBoot } from "./kill-observer.js";
import { judgeHealed, judgeTrouble, type BackendLook } from "./trouble-backends.js";

const backend = (over: Partial<BackendLook> = {}): BackendLook => ({
  name: "loki",
  behaviour: "normal",
  listening: true,
  treated: { requests: 3, items: 30 },
  ...over,
});

describe("the proof of a fault of backends", () => {
  const hole = { behaviour: { kind: "black-hole" } } as const;
  const before = [backend(), backend({ name: "tempo" })];
  const later = backend({ treated: { requests: 5, items: 44 } });

  it("counts what each has struck since the fault began", () => {
    const now = [later, backend({ name: "tempo", treated: { requests: 4, items: 31 } })];
    expect(judgeTrouble(hole, before, now)).to.deep.equal({
      done: true,
      value: "loki struck 2 requests with 14 items, tempo struck 1 requests with 1 items",
    });
  });

  it("fails while one of them has struck nothing, or there is none", () => {
    expect(judgeTrouble(hole, before, [later, backend({ name: "tempo" })]).done).to.equal(false);
    expect(judgeTrouble(hole, before, []).done).to.equal(false);
  });

  it("needs a refused connection of one that is down: closed ports that nobody tried prove nothing", () => {
    const down = { behaviour: { kind: "down" } } as const;
    const closed = { listening: false, connection: "dial tcp: connect: connection refused" };
    expect(judgeTrouble(down, before, [backend(closed)])).to.deep.equal({
      done: true,
      value: "loki: connection refused",
    });
    for (const over of [
      {},
      { listening: false, connection: "" },
      { connection: "connection refused" },
    ]) {
      expect(judgeTrouble(down, before, [backend(over)]).done).to.equal(false);
    }
  });

  it("is healed when all behave as usual and take connections", () => {
    expect(judgeHealed(before, [later])).to.deep.equal({
      done: true,
      value: "as usual again: loki, after 2 requests with 14 items",
    });
    expect(judgeHealed(before, [backend({ behaviour: "slow" })])).to.deep.equal({
      done: false,
      seen: "loki is slow",
    });
    expect(judgeHealed(before, [backend({ listening: false })]).done).to.equal(false);
    expect(judgeHealed([], [later])).to.deep.equal({ done: true, value: "as usual again: loki" });
  });

  it("is told in one line", () => {
    const fault = troubleBackends({ kind: "slow", delayMs: 3_000 }, ["mimir", "loki"]);
    expect(describeFault(fault)).to.equal("backend (mimir loki, slow 3.0 s)");
    expect(() => troubleBackends({ kind: "slow", delayMs: -1 })).to.throw("delayMs");
    expect(() => troubleBackends({ kind: "down" }, [])).to.throw("at least one backend");
  });
});

describe("the proof of a killed observer", () => {
  it("is another process; the same one, or one that nobody saw before, is none", () => {
    expect(judgeBoot("tempo", "a1", "b2").done).to.equal(true);
    expect(judgeBoot("tempo", "a1", "a1").done).to.equal(false);
    expect(judgeBoot("tempo", undefined, "b2").done).to.equal(false);
  });
});

describe("the proof of faults of DNS", () => {
  const sample = (pod: string, success: boolean, value: number) => ({
    ...{ atMs: 0, pod, tier: "agent" as const, value },
    metric: "otelcol_loadbalancer_num_resolutions",
    labels: `{resolver="dns",success="${String(success)}"}`,
  });
  const counts = (failed: number, done: number) =>
    resolutionsIn(
      ["a", "b"].flatMap((pod) => [sample(pod, false, failed), sample(pod, true, done)]),
    );
  const refused = { error: "ECONNREFUSED" };
  const three = { addresses: ["10.0.0.1", "10.0.0.2", "10.0.0.3"] };

  it("of an outage: a lookup fails, and those of every agent do", () => {
    expect(judgeOutage(refused, counts(0, 9), counts(1, 9))).to.deep.equal({
      done: true,
      value: "a lookup gives ECONNREFUSED, lookups of all 2 agents fail",
    });
    expect(judgeOutage(three, counts(0, 9), counts(1, 9)).done).to.equal(false);
    expect(judgeOutage({ error: "not asked: HTTP 502" }, counts(0, 9), counts(1, 9)).done).to.equal(
      false,
    );
    expect(judgeOutage(refused, counts(1, 9), counts(1, 9)).done).to.equal(false);
    expect(judgeOutage(refused, new Map(), counts(1, 9)).done).to.equal(false);
  });

  it("of its end: a lookup has an answer, and every agent that lives has resolved again", () => {
    expect(judgeBack(three, counts(4, 9), counts(4, 10)).done).to.equal(true);
    expect(judgeBack(three, counts(4, 9), counts(5, 9)).done).to.equal(false);
    expect(judgeBack(refused, counts(4, 9), counts(4, 10)).done).to.equal(false);
    expect(judgeBack({ addresses: [] }, counts(4, 9), counts(4, 10)).done).to.equal(false);
    expect(judgeBack(three, counts(4, 9), new Map()).done).to.equal(true);
  });

  it("of stale answers: another gateway is ready, and DNS does not know it", () => {
    const frozen = three.addresses;
    const ready = ["10.0.0.1", "10.0.0.3", "10.0.0.4"];
    expect(judgeStale(frozen, three, ready).done).to.equal(true);
    expect(judgeStale(frozen, three, frozen).done).to.equal(false);
    expect(judgeStale(frozen, three, ["10.0.0.1", "10.0.0.3"]).done).to.equal(false);
    expect(judgeStale(frozen, { addresses: ready }, ready).done).to.equal(false);
    expect(judgeStale(frozen, refused, ready).done).to.equal(false);
    expect(judgeTrue({ addresses: ready }, ready).done).to.equal(true);
    expect(judgeTrue(three, ready).done).to.equal(false);
    expect(judgeTrue({ addresses: [] }, []).done).to.equal(false);
  });

  it("freezes a name in the Corefile, and leaves every other byte as it was", () => {
    const corefile =
      ".:53 {\n    errors\n    kubernetes cluster.local {\n        ttl 5\n    }\n}\n";
    const frozen = withFrozenName(corefile, "gw.ns.svc.cluster.local", ["10.0.0.1", "10.0.0.2"]);
    expect(frozen).to.match(/^\.:53 \{\n.*\n {4}hosts \{\n/);
    expect(frozen).to.contain("        10.0.0.2 gw.ns.svc.cluster.local\n");
    expect(withoutFrozenName(frozen)).to.equal(corefile);
    expect(withoutFrozenName(corefile)).to.equal(corefile);
  });
});

describe("the proof of an outage of the control plane", () => {
  it("is silence in as many looks as asked for; an error of the API is an answer", () => {
    const silent = "GET /readyz: socket hang up";
    expect(judgeSilent([silent, silent], 2).done).to.equal(true);
    expect(judgeSilent([silent], 2).done).to.equal(false);
    expect(judgeSilent([silent, "HTTP 500", silent], 2).done).to.equal(false);
    expect(judgeSilent(["HTTP 200", silent, silent], 2).done).to.equal(true);
  });
});
