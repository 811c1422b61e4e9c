import { expect } from "chai";
import { scenarios } from "../../scenarios/suites.js";
import { UsageError } from "../model/errors.js";
import type { Scenario } from "../model/scenario.js";
import { withinReach } from "./borrowed.js";
import { OPTIONS } from "./options-table.js";
import { overrideScenario } from "./override-scenario.js";
import { runOptions } from "./run-options.js";
import type { WithCollector } from "./run-target.js";

const byName = (...names: string[]): readonly Scenario[] =>
  names.flatMap((name) => scenarios.find((one) => one.name === name) ?? []);
const context = "staging";
const nothingToTell = (line: string): never => expect.fail(line);

describe("what a borrowed cluster is asked to bear", () => {
  it("is all of it where the harness makes the cluster", () => {
    const all = byName("gateway-kill", "node-crash-long");
    expect(withinReach(all, { context: undefined }, { named: true, tell: nothingToTell })).to.equal(
      all,
    );
  });

  it("is enough of the scenarios to be worth it", () => {
    const left = withinReach(scenarios, { context }, { named: false, tell: () => undefined });
    const names = left.map(({ name }) => name);
    expect(names).to.include.members([
      "no-faults",
      "gateway-kill",
      "gateway-terminate",
      "gateway-rollout",
      "backends-down",
    ]);
    for (const name of ["node-crash-long", "dns-stale", "gateway-freeze-short", "random"]) {
      expect(names).not.to.include(name);
    }
  });

  it("is of a suite what stays inside a namespace; the rest is left out by name and reason", () => {
    const told: string[] = [];
    const left = withinReach(
      byName("no-faults", "gateway-kill", "gateway-restart", "dns-outage"),
      { context },
      { named: false, tell: (line) => void told.push(line) },
    );
    expect(left.map(({ name }) => name)).to.deep.equal(["no-faults", "gateway-kill"]);
    expect(told.length).to.equal(2);
    expect(told[1]).to.equal(
      "left out on context staging: dns-outage: its fault dns-outage takes DNS from the whole cluster",
    );
  });

  it("is never nothing: a suite of which all is left out is refused, as is a scenario that is named", () => {
    const none = byName("dns-outage");
    for (const named of [true, false]) {
      expect(() => withinReach(none, { context }, { named, tell: nothingToTell })).to.throw(
        UsageError,
        "--context staging: dns-outage cannot be run there: its fault dns-outage takes DNS from",
      );
    }
  });

  it("is any scenario without its faults", () => {
    const calm = byName("node-crash-long", "random").map((one) =>
      overrideScenario(one, { faults: false, audit: false, load: undefined }),
    );
    const how = { named: true, tell: nothingToTell };
    expect(withinReach(calm, { context }, how).length).to.equal(2);
  });
});

describe("the options of a run on a borrowed cluster", () => {
  const fallbacks = Object.fromEntries(
    Object.entries(OPTIONS).map(([key, { fallback }]) => [key, fallback]),
  ) as unknown as WithCollector;

  it("name it, and the command that repeats the run names it too", () => {
    const settings = { ...fallbacks, context, namespace: "chaos", observerImage: "r.test/o:1" };
    const { borrowed, rerunCommand } = runOptions(settings, 7n);
    expect(borrowed).to.deep.equal({
      ...{ context, kubeconfigPath: undefined, namespace: "chaos", observerImage: "r.test/o:1" },
    });
    expect(rerunCommand("gateway-kill")).to.equal(
      "npx chaos run gateway-kill --seed 7 --context staging --namespace chaos " +
        "--observer-image r.test/o:1 --i-own-this-cluster",
    );
  });

  it("are none where the harness makes the cluster", () => {
    const { borrowed, rerunCommand } = runOptions(fallbacks, 7n);
    expect(borrowed).to.equal(undefined);
    expect(rerunCommand("no-faults")).to.equal("npx chaos run no-faults --seed 7");
  });
});
