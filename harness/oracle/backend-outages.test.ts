import { expect } from "chai";
import fc from "fast-check";
import { dnsOutage, troubleBackends } from "../model/service-faults.js";
import type { FaultBehaviour } from "../model/behaviour.js";
import type { Exporter } from "./collector-config.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import {
  dueMs,
  givesUpAfterMs,
  longestWaitMs,
  mayOverflow,
  backendOutages,
  troublesOf,
  type FaultStep,
} from "./backend-outages.js";

const EXPORTER: Exporter = {
  timeoutMs: 5_000,
  queue: { size: 5_000, consumers: 10, storage: "memory" },
  retryForMs: 300_000,
  retry: { initialMs: 5_000, maxMs: 30_000, multiplier: 1.5, jitter: 0.5 },
};
const BATCH = { timeoutMs: 10_000, size: 100 };
const FACTS = {
  gateway: {
    exporter: { traces: EXPORTER, metrics: EXPORTER, logs: EXPORTER },
    batch: { traces: BATCH, metrics: BATCH, logs: BATCH },
  },
} as unknown as DeploymentFacts;

const lasting = (behaviour: FaultBehaviour, fromMs: number, toMs: number) => ({
  spec: troubleBackends(behaviour, ["loki"]),
  fromMs,
  toMs,
});

describe("how long an exporter tries again", () => {
  it("never waits longer than the bound says, whatever chance does", () => {
    const chance = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(chance, (draws) => {
        let elapsedMs = 0;
        draws.forEach((draw, nth) => {
          const { initialMs, maxMs, multiplier, jitter } = EXPORTER.retry;
          const waitMs = Math.min(maxMs, initialMs * multiplier ** nth) * (1 + jitter * draw);
          expect(waitMs).to.be.at.most(longestWaitMs(EXPORTER.retry, elapsedMs) + 1e-6);
          elapsedMs += waitMs;
        });
      }),
    );
  });

  it("gives up before max_elapsed_time has passed, when the next wait would reach beyond it", () => {
    // 300 s - 1.5 x 30 s, and for a longer cap 60 s.
    expect(givesUpAfterMs(EXPORTER)).to.be.closeTo(255_000, 1);
    const traces = { ...EXPORTER, retry: { ...EXPORTER.retry, maxMs: 60_000 } };
    expect(givesUpAfterMs(traces)).to.be.closeTo(210_000, 1);
    // e + 1.5 (5 s + e) = 20 s.
    expect(givesUpAfterMs({ ...EXPORTER, retryForMs: 20_000 })).to.be.closeTo(5_000, 1);
    expect(givesUpAfterMs({ ...EXPORTER, retryForMs: 0 })).to.equal(0);
    expect(givesUpAfterMs({ ...EXPORTER, retryForMs: Infinity })).to.equal(Infinity);
  });

  it("never gives up earlier than that, whatever chance does", () => {
    const exporter = { ...EXPORTER, retryForMs: 60_000 };
    const chance = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 20,
      maxLength: 20,
    });
    fc.assert(
      fc.property(chance, (draws) => {
        let [elapsedMs, waitMs] = [0, exporter.retry.initialMs];
        for (const draw of draws) {
          const nextMs = waitMs * (1 + exporter.retry.jitter * draw);
          if (elapsedMs + nextMs > exporter.retryForMs) break;
          elapsedMs += nextMs;
          waitMs = Math.min(exporter.retry.maxMs, waitMs * exporter.retry.multiplier);
        }
        expect(elapsedMs).to.be.at.least(givesUpAfterMs(exporter) - 1);
      }),
    );
  });
});

describe("the outages of a run", () => {
  const of = (behaviour: FaultBehaviour) => backendOutages([lasting(behaviour, 0, 20_000)], FACTS);

  it("hold until the last answer, the longest wait and the next answer are over", () => {
    // 20 s, 5 s for an answer, 1.5 (5 + 25) = 45 s, 5 s, 2 s of slack.
    expect(of({ kind: "black-hole" })).to.deep.equal([
      { signal: "logs", fromMs: 0, toMs: 25_000, heldUntilMs: 77_000, onRecord: true },
    ]);
  });

  it("last longer after a backend was down, for a connection is tried again ever more rarely", () => {
    // 1.2 (1 + 20 x 0.6 / 0.8) = 19.2 s.
    const [down] = of({ kind: "down" });
    expect(down).to.include({
      toMs: 44_200,
      heldUntilMs: 44_200 + 45_000 + 7_000,
      onRecord: false,
    });
  });

  it("are none where nothing is tried again", () => {
    expect(of({ kind: "reject-one-in", n: 2 })).to.deep.equal([]);
    expect(of({ kind: "refuse-one-in", n: 1, answer: "INVALID_ARGUMENT" })).to.deep.equal([]);
    expect(of({ kind: "refuse-one-in", n: 1, answer: "RESOURCE_EXHAUSTED" })).to.deep.equal([]);
    const hinted = { kind: "refuse-one-in", n: 1, answer: "RESOURCE_EXHAUSTED" } as const;
    expect(of({ ...hinted, retryAfterMs: 2_000 })).to.have.length(1);
    expect(of({ ...hinted, answer: "UNAVAILABLE" })).to.have.length(1);
  });

  it("concern every signal when names do not resolve", () => {
    const outages = backendOutages([{ spec: dnsOutage(), fromMs: 0, toMs: 10_000 }], FACTS);
    expect(outages.map(({ signal }) => signal)).to.deep.equal(["traces", "metrics", "logs"]);
  });

  it("become one when the next begins while the last may still hold something", () => {
    const hole = { kind: "black-hole" } as const;
    const both = (fromMs: number) =>
      backendOutages([lasting(hole, 0, 20_000), lasting(hole, fromMs, fromMs + 10_000)], FACTS);
    expect(both(77_000).map(({ fromMs }) => fromMs)).to.deep.equal([0]);
    expect(both(77_000)[0]?.toMs).to.equal(92_000);
    expect(both(77_001).map(({ fromMs }) => fromMs)).to.deep.equal([0, 77_001]);
  });

  it("never end when they were not seen to be healed", () => {
    const spec = troubleBackends({ kind: "black-hole" }, ["loki"]);
    const step = (name: FaultStep["step"], atMs: number): FaultStep => ({
      fault: 0,
      spec,
      step: name,
      atMs,
    });
    const troubles = troublesOf([step("injecting", 5), step("heal-failed", 9)]);
    expect(troubles).to.deep.equal([{ spec, fromMs: 5, toMs: Infinity }]);
    expect(backendOutages(troubles, FACTS)[0]?.heldUntilMs).to.equal(Infinity);
    expect(troublesOf([step("not-proven", 9)])).to.deep.equal([]);
  });

  it("make late what is on its way while they last, and nothing else", () => {
    const outage = { fromMs: 100, toMs: 200, heldUntilMs: 500 };
    const due = (sentMs: number, usuallyMs: number) => dueMs({ sentMs, usuallyMs }, [outage]);
    expect(due(0, 99)).to.equal(99);
    expect(due(0, 100)).to.equal(500);
    expect(due(200, 260)).to.equal(500);
    expect(due(201, 260)).to.equal(260);
    expect(due(150, 600)).to.equal(600);
  });

  it("overflow a queue only when more requests may come than it and its consumers take", () => {
    const small = { ...EXPORTER, queue: { size: 3, consumers: 2, storage: "memory" as const } };
    const facts = {
      gateway: { ...FACTS.gateway, exporter: { ...FACTS.gateway.exporter, logs: small } },
    };
    const outage = { signal: "logs", fromMs: 0, toMs: 20_000 } as const;
    // 1 + 2 + 2 requests, and then a bit more.
    expect(mayOverflow(outage, 200, facts as DeploymentFacts)).to.equal(false);
    expect(mayOverflow(outage, 201, facts as DeploymentFacts)).to.equal(true);
    expect(mayOverflow(outage, 201, FACTS)).to.equal(false);
  });
});
