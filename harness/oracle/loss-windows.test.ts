/** Where the windows begin and end, to the second, and which setting moves which. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import type { Signal } from "../model/signal.js";
import type { Death } from "./deaths.js";
import { deploymentFacts, type DeploymentFacts } from "./deployment-facts.js";
import { LOSS_RULES, ruleText } from "./loss-rules.js";
import { explainLoss } from "./loss-windows.js";
import type { LostItem } from "./lost-item.js";
import { GONE } from "./test-topology.js";

const YAML = readFileSync(
  join(import.meta.dirname, "../../fixtures/histories/deployment.yaml"),
  "utf8",
);
const FACTS = deploymentFacts(YAML);
const DECIDES_SOONER = deploymentFacts(YAML.replace("decision_wait: 30s", "decision_wait: 10s"));
const QUEUE_IN_MEMORY = deploymentFacts(YAML.replace(/ *storage: file_storage\n/g, ""));
const QUEUE_ON_A_CLAIM = deploymentFacts(
  YAML.replace(/emptyDir:\n *sizeLimit: 5Gi/, "persistentVolumeClaim: { claimName: queue }"),
);

const RESTART: Death = {
  ...GONE,
  kind: "restarted",
  unlisted: false,
  fromMs: 90_000,
  toMs: 100_000,
};

interface Case {
  readonly facts?: DeploymentFacts;
  readonly death?: Death;
  readonly ip?: string;
  readonly mayLackEvidence?: boolean;
  /** Seconds after the send, or null for an item that no gateway got. */
  readonly reached?: readonly [from: number, by: number] | null;
  /** Whether the item, and whether one of its trace, may have died with an agent. */
  readonly withAgent?: boolean;
  readonly traceWithAgent?: boolean;
}

/** The rule for an item that was sent and acknowledged at one moment, as the first of its trace. */
function ruleAt(signal: Signal, sentSeconds: number, options: Case = {}): string {
  const sentMs = sentSeconds * 1_000;
  const { reached } = options;
  const came = reached && {
    fromMs: sentMs + reached[0] * 1_000,
    byMs: sentMs + reached[1] * 1_000,
  };
  const owner = {
    ip: options.ip ?? GONE.ip,
    firstFromMs: came?.fromMs ?? sentMs,
    firstByMs: came?.byMs ?? sentMs + 4_000,
    mayLackEvidence: options.mayLackEvidence ?? false,
    reached: came,
  };
  const diedWithAgent = options.withAgent ?? false;
  const traceDiedWithAgent = options.traceWithAgent ?? diedWithAgent;
  const item = {
    signal,
    sentMs,
    ackedMs: sentMs,
    owners: [owner],
    diedWithAgent,
    ringless: false,
    traceDiedWithAgent,
  };
  const ends = { deaths: [options.death ?? GONE], departures: [] };
  const rule = explainLoss(item, ends, options.facts ?? FACTS, 12_000);
  return rule?.name ?? "none";
}

/** First and last second, of 0 to 150, at which a loss is explained. */
function window(signal: Signal, options: Case = {}): [first: number, last: number] {
  const inside = Array.from({ length: 151 }, (_, second) => second).filter(
    (second) => ruleAt(signal, second, options) !== "none",
  );
  return [inside[0] ?? -1, inside.at(-1) ?? -1];
}

describe("explained loss", () => {
  it("goes through the stages as the item was sent later and later before the death", () => {
    const stages = [51, 52, 54, 60, 67, 68, 80, 98, 99, 105].map((at) => ruleAt("traces", at));
    expect(stages).to.deep.equal([
      "none",
      "gateway-queue",
      "gateway-batch",
      "gateway-batch",
      "gateway-batch",
      "gateway-batch",
      "tail-sampling-memory",
      "tail-sampling-memory",
      "tail-sampling-memory",
      "dead-endpoint-queue",
    ]);
  });

  it("of metrics and logs knows no sampling memory", () => {
    const stages = [82, 83, 84, 85, 98, 100].map((at) => ruleAt("logs", at));
    expect(stages).to.deep.equal([
      "none",
      "gateway-queue",
      "gateway-queue",
      "gateway-batch",
      "gateway-batch",
      "dead-endpoint-queue",
    ]);
    expect(ruleAt("metrics", 83)).to.equal("gateway-queue");
  });

  it("begins 47 s before the death for spans, 16 s for the rest; the sampling wait moves it", () => {
    expect(window("traces")[0]).to.equal(99 - 47);
    expect(window("logs")[0]).to.equal(99 - 16);
    expect(window("traces", { facts: DECIDES_SOONER })[0]).to.equal(99 - 47 + 20);
    expect(window("logs", { facts: DECIDES_SOONER })[0]).to.equal(99 - 16);
  });

  it("ends with the process when the container restarts in place: the endpoint stays", () => {
    expect(window("traces", { death: RESTART })[1]).to.equal(100);
    expect(window("logs", { death: RESTART })[1]).to.equal(100);
  });

  it("ends with the agents' ring when the address left DNS while the container restarted", () => {
    const death = { ...RESTART, unlisted: true };
    // The end of the process, and 12 s until the last agent knows.
    expect(window("traces", { death })[1]).to.equal(100 + 12);
    expect(ruleAt("logs", 112, { death })).to.equal("dead-endpoint-queue");
  });

  it("reaches the queue only if the queue dies: on an emptyDir with the pod, in memory always", () => {
    const oldest = (facts: DeploymentFacts, death: Death): number =>
      window("logs", { facts, death })[0];
    // 16 s with the queue, 14 s without.
    expect(oldest(FACTS, GONE)).to.equal(99 - 16);
    expect(oldest(FACTS, RESTART)).to.equal(90 - 14);
    expect(oldest(QUEUE_IN_MEMORY, RESTART)).to.equal(90 - 16);
    expect(oldest(QUEUE_ON_A_CLAIM, GONE)).to.equal(99 - 14);
  });

  it("needs the death of a gateway, and of one that may have owned the item", () => {
    expect(ruleAt("traces", 90, { ip: "10.0.0.2" })).to.equal("none");
    expect(ruleAt("traces", 90, { death: { ...GONE, tier: "agent" } })).to.equal("none");
  });

  it("of a part without its evidence needs no death, and is of spans alone", () => {
    const options = { ip: "10.0.0.2", mayLackEvidence: true };
    expect(ruleAt("traces", 10, options)).to.equal("torn-by-ring-change");
    expect(ruleAt("logs", 10, options)).to.equal("none");
  });

  it("may lie in an agent that died, unless an audit shows that a gateway had it", () => {
    const alive = { ip: "10.0.0.2", withAgent: true };
    expect(ruleAt("logs", 10, alive)).to.equal("agent-memory");
    expect(ruleAt("logs", 10, { ...alive, reached: null })).to.equal("agent-memory");
    expect(ruleAt("logs", 10, { ...alive, reached: [1, 1] })).to.equal("none");
  });

  it("of a part without its evidence is the agent's when a part of the trace died with one", () => {
    const rest = { ip: "10.0.0.2", mayLackEvidence: true, traceWithAgent: true };
    expect(ruleAt("traces", 10, rest)).to.equal("torn-by-agent-death");
    expect(ruleAt("traces", 10, { ...rest, reached: [1, 1] })).to.equal("torn-by-agent-death");
    expect(ruleAt("traces", 10, { ...rest, mayLackEvidence: false })).to.equal("none");
  });

  it("that no gateway got was lost on the way alone, by an audit", () => {
    const rules = Array.from({ length: 151 }, (_, at) => ruleAt("traces", at, { reached: null }));
    expect(new Set(rules)).to.deep.equal(new Set(["none", "dead-endpoint-queue"]));
    expect(rules.indexOf("dead-endpoint-queue")).to.equal(99 - 4);
    expect(rules.lastIndexOf("dead-endpoint-queue")).to.equal(103 + 12);
    const torn = { reached: null, ip: "10.0.0.2", mayLackEvidence: true };
    expect(ruleAt("traces", 10, torn)).to.equal("none");
  });

  it("of what a gateway got was never on the way, and begins and ends with when it came", () => {
    const came = [1, 1] as const;
    const stages = [52, 53, 55, 56, 67, 69, 98, 102, 103].map((at) =>
      ruleAt("traces", at, { reached: came }),
    );
    expect(stages).to.deep.equal([
      "none",
      "none",
      "gateway-queue",
      "gateway-queue",
      "gateway-batch",
      "tail-sampling-memory",
      "tail-sampling-memory",
      "tail-sampling-memory",
      "none",
    ]);
  });

  it("with an audit is never more than without one", () => {
    const second = fc.integer({ min: 40, max: 130 });
    const reached = fc.option(fc.tuple(fc.double({ min: 0, max: 4, noNaN: true }), fc.nat(4)));
    const signal = fc.constantFrom<Signal>("traces", "metrics", "logs");
    const death = fc.constantFrom(GONE, RESTART);
    fc.assert(
      fc.property(second, reached, signal, death, fc.boolean(), (at, came, of, died, lacks) => {
        const options = { death: died, mayLackEvidence: lacks };
        const window = came && ([Math.min(...came), Math.max(...came)] as const);
        fc.pre(ruleAt(of, at, options) === "none");
        expect(ruleAt(of, at, { ...options, reached: window })).to.equal("none");
      }),
    );
  });

  it("of an item that two gateways got must hold for both", () => {
    const sentMs = 80_000;
    const at = (ip: string) => ({
      ...{ ip, firstFromMs: sentMs, firstByMs: sentMs, mayLackEvidence: false },
      reached: { fromMs: sentMs, byMs: sentMs },
    });
    const item = {
      signal: "traces",
      sentMs,
      ackedMs: sentMs,
      diedWithAgent: false,
      ringless: false,
      traceDiedWithAgent: false,
    } as const;
    const [dead, alive] = [at(GONE.ip), at("10.0.0.2")];
    const explain = (owners: (typeof dead)[]) =>
      explainLoss({ ...item, owners }, { deaths: [GONE], departures: [] }, FACTS, 12_000)?.name;
    expect(explain([dead])).to.equal("tail-sampling-memory");
    expect(explain([dead, alive])).to.equal(undefined);
    expect(explain([alive, dead])).to.equal(undefined);
  });

  it("of what agents held for a gateway that left alive ends with the routing lag; others hold nothing", () => {
    const departures = [{ uid: "u1", ip: GONE.ip, sinceMs: 83_000, atMs: 100_000 }];
    const explain = (second: number, ip = GONE.ip, reached?: null | { fromMs: 0; byMs: 0 }) => {
      const sentMs = second * 1_000;
      const owner = { ip, firstFromMs: sentMs, firstByMs: sentMs, mayLackEvidence: false, reached };
      const item: LostItem = {
        signal: "logs",
        sentMs,
        ackedMs: sentMs,
        owners: [owner],
        diedWithAgent: false,
        ringless: false,
        traceDiedWithAgent: false,
      };
      return explainLoss(item, { deaths: [], departures }, FACTS, 12_000)?.name;
    };
    // An agent's batch and the slack pass before an item is on its way: 4 s.
    expect([78, 79, 90, 112, 113].map((second) => explain(second))).to.deep.equal([
      undefined,
      "dead-endpoint-queue",
      "dead-endpoint-queue",
      "dead-endpoint-queue",
      undefined,
    ]);
    expect(explain(90, "10.0.0.2")).to.equal(undefined);
    expect(explain(90, GONE.ip, null)).to.equal("dead-endpoint-queue");
    // What a gateway got, it lost itself.
    expect(explain(90, GONE.ip, { fromMs: 0, byMs: 0 })).to.equal(undefined);
  });

  it("of what a full queue turned away is what the gateway had to put there meanwhile, nothing else", () => {
    const full = [{ ip: GONE.ip, fromMs: 100_000, toMs: 120_000 }];
    const explain = (signal: Signal, second: number, ip = GONE.ip, reached?: null) => {
      const sentMs = second * 1_000;
      const owner = {
        ip,
        firstFromMs: sentMs,
        firstByMs: sentMs + 4_000,
        mayLackEvidence: false,
        reached,
      };
      const item: LostItem = {
        ...{ signal, sentMs, ackedMs: sentMs, owners: [owner] },
        ...{ diedWithAgent: false, ringless: false, traceDiedWithAgent: false },
      };
      return explainLoss(item, { deaths: [], departures: [], full }, FACTS, 12_000)?.name;
    };
    const inside = (signal: Signal) =>
      Array.from({ length: 151 }, (_, second) => second).filter(
        (second) => explain(signal, second) === "queue-without-room",
      );
    // Both batches and the slack; for spans the decision before the second batch too.
    expect([inside("logs")[0], inside("logs").at(-1)]).to.deep.equal([84, 120]);
    expect([inside("traces")[0], inside("traces").at(-1)]).to.deep.equal([53, 90]);
    expect(explain("logs", 100, "10.0.0.2")).to.equal(undefined);
    expect(explain("logs", 100, GONE.ip, null)).to.equal(undefined);
  });

  it("names a place, says what happens, and where it is discussed", () => {
    for (const rule of Object.values(LOSS_RULES)) {
      expect(rule.upstreamUrl).to.match(
        /^https:\/\/github\.com\/open-telemetry\/[\w-]+\/issues\/\d+$/,
      );
      expect(ruleText(rule)).to.equal(`${rule.text} (${rule.upstream})`);
    }
  });
});
