/** What the deployments of fixtures promise, as the oracle reads it from what they render to. */
import { expect } from "chai";
import { SIGNALS } from "../model/signal.js";
import { reroutes } from "./acknowledgement.js";
import type { Death } from "./deaths.js";
import { deploymentFacts, samplingFactsOf, type DeploymentFacts } from "./deployment-facts.js";
import { holdMs } from "./holds.js";
import { explainLoss, type Ends } from "./loss-windows.js";
import { settings } from "./settings.js";
import { GONE } from "./test-topology.js";
import { renderedDeployment } from "./test-deployments.js";

const FACTS = {
  graceful: deploymentFacts(renderedDeployment("graceful")),
  atLeastOnce: deploymentFacts(renderedDeployment("at-least-once")),
  current: deploymentFacts(renderedDeployment("current")),
};
/** The ring's longest lag with 5 s of DNS cache. */
const LAG_MS = 12_000;

/** A gateway that was asked to stop at 50 s and seen to be gone at 80 s. */
const STOPPED: Death = {
  ...GONE,
  seenMs: 80_000,
  askedMs: 50_000,
  fromMs: 64_000,
  toMs: 83_000,
};
const KILLED: Death = { ...STOPPED, askedMs: null, fromMs: 79_000 };

function rulesAt(
  facts: DeploymentFacts,
  death: Death,
  more: { signal?: "traces" | "logs"; withAgent?: boolean; ends?: Partial<Ends> } = {},
): string[] {
  const { signal = "traces", withAgent = false, ends = {} } = more;
  const found = Array.from({ length: 131 }, (_, second) => {
    const sentMs = second * 1_000;
    const owner = {
      ip: death.ip,
      firstFromMs: sentMs,
      firstByMs: sentMs + 4_000,
      mayLackEvidence: false,
    };
    const item = { signal, sentMs, ackedMs: sentMs, owners: [owner] };
    const agent = { diedWithAgent: withAgent, ringless: false, traceDiedWithAgent: withAgent };
    const all = { deaths: [death], departures: [], ...ends };
    return explainLoss({ ...item, ...agent }, all, facts, LAG_MS)?.name;
  });
  return [...new Set(found.flatMap((name) => name ?? []))].sort();
}

describe("at least once", () => {
  it("answers last in both tiers, samples nothing, and holds nothing beyond the slack", () => {
    const { agent, gateway, unpredictableOwner } = FACTS.atLeastOnce;
    for (const signal of SIGNALS) {
      expect(agent.answersLast[signal] && gateway.answersLast[signal], signal).to.equal(true);
      expect(holdMs(FACTS.atLeastOnce, signal)).to.equal(4_000);
    }
    expect(gateway.sampling).to.equal(null);
    expect(samplingFactsOf(FACTS.atLeastOnce).percentage).to.equal(100);
    expect(unpredictableOwner).to.deep.equal([]);
    expect(settings(FACTS.atLeastOnce)).to.deep.include({
      name: "acknowledged",
      value: "when the backend has answered",
    });
  });

  it("explains nothing: not a gateway's death, not an agent's, not an outage", () => {
    const departures = [{ uid: "u1", ip: "10.0.0.1", sinceMs: 0, atMs: 100_000 }];
    const outages = [
      {
        signal: "traces" as const,
        fromMs: 0,
        toMs: 100_000,
        heldUntilMs: 110_000,
        onRecord: false,
        overflows: true,
      },
    ];
    for (const death of [KILLED, STOPPED]) {
      for (const signal of ["traces", "logs"] as const) {
        const ends = { departures, outages };
        expect(rulesAt(FACTS.atLeastOnce, death, { signal, withAgent: true, ends })).to.deep.equal(
          [],
        );
      }
    }
  });

  it("is the same with 0.115.0 and 0.160.0, and their rings are known", () => {
    for (const release of ["0.115.0", "0.160.0"]) {
      const facts = deploymentFacts(
        renderedDeployment("at-least-once").replaceAll("0.161.0", release),
      );
      expect(facts.agent.answersLast, release).to.deep.equal(FACTS.atLeastOnce.agent.answersLast);
      expect(facts.unpredictableOwner, release).to.deep.equal([]);
      expect(rulesAt(facts, KILLED), release).to.deep.equal([]);
    }
  });

  it("at 0.96.0 is no such thing: an error of one gateway is forgotten", () => {
    const old = deploymentFacts(
      renderedDeployment("at-least-once").replaceAll("0.161.0", "0.96.0"),
    );
    expect(old.agent.answersLast).to.deep.equal({ traces: false, metrics: false, logs: true });
    expect(rulesAt(old, KILLED)).to.include("dead-endpoint-queue");
  });
});

describe("graceful", () => {
  it("goes on for as long as its preStop sleeps, and tries a backend for ever", () => {
    const { gateway } = FACTS.graceful;
    expect(gateway).to.include({ preStopMs: 65_000, terminationGraceMs: 120_000, flushes: false });
    expect(gateway.exporter.traces.retryForMs).to.equal(Infinity);
    expect(gateway.exporter.traces.queue?.storage).to.equal("emptyDir");
    expect(settings(FACTS.graceful)).to.deep.include({
      name: "gateway preStop",
      value: "sleeps for 1 m 05 s",
    });
  });
});

describe("current", () => {
  it("routes anew what failed, decides what it has when it stops, and knows its ring", () => {
    const { agent, gateway, unpredictableOwner } = FACTS.current;
    expect(unpredictableOwner).to.deep.equal([]);
    expect(agent.balancer.queue).to.deep.equal({ size: 1_000, consumers: 10, storage: "memory" });
    expect(agent.balancer.retryForMs).to.equal(60_000);
    expect(agent.exporter.queue).to.equal(null);
    expect(reroutes(agent, LAG_MS)).to.equal(true);
    expect(reroutes(agent, 56_000)).to.equal(false);
    expect(agent.routing.keys.logs).to.equal("trace-id-text");
    expect(agent.ring.size).to.equal(131_071);
    expect(gateway).to.include({ preStopMs: 15_000, flushes: true });
    expect(settings(FACTS.current)).to.deep.include({
      name: "agent exporter, before routing",
      value: "queue of 1000 requests in memory, retries for 1 m 00 s",
    });
  });

  it("at 0.115.0 has the queue before routing only by its word enabled", () => {
    const balancer = (release: string, more: (yaml: string) => string) =>
      deploymentFacts(more(renderedDeployment("current").replaceAll(":0.161.0", `:${release}`)))
        .agent.balancer;
    const asIs = (yaml: string): string => yaml;
    const unsaid = (yaml: string): string =>
      yaml.replaceAll(/(sending_queue:\n +)enabled: true\n +/g, "$1");
    const endless = (yaml: string): string => yaml.replaceAll(/ +max_elapsed_time: 60s\n/g, "");
    expect(balancer("0.115.0", asIs).queue?.size).to.equal(1_000);
    expect(balancer("0.115.0", unsaid).queue).to.equal(null);
    expect(balancer("0.160.0", unsaid).queue?.size).to.equal(1_000);
    expect(balancer("0.160.0", asIs).retryForMs).to.equal(60_000);
    expect(balancer("0.160.0", endless).retryForMs).to.equal(Infinity);
  });

  it("that is killed loses what it had in memory, and nothing on the way to it", () => {
    expect(rulesAt(FACTS.current, KILLED)).to.deep.equal([
      "gateway-batch",
      "gateway-queue",
      "tail-sampling-memory",
    ]);
  });

  it("that is asked to stop loses nothing, unless its backend is away or its grace was over", () => {
    expect(rulesAt(FACTS.current, STOPPED)).to.deep.equal([]);
    const outages = [
      {
        signal: "traces" as const,
        fromMs: 60_000,
        toMs: 75_000,
        heldUntilMs: 90_000,
        onRecord: true,
        overflows: false,
      },
    ];
    expect(rulesAt(FACTS.current, STOPPED, { ends: { outages } })).to.deep.equal(["gateway-queue"]);
    const cut = { ...STOPPED, askedMs: 20_000 };
    expect(rulesAt(FACTS.current, cut)).to.include("tail-sampling-memory");
  });

  it("with its queue on an emptyDir loses at its stop what it decides then", () => {
    const text = renderedDeployment("current")
      .replaceAll("queue_size: 5000", "queue_size: 5000\n          storage: file_storage")
      .replaceAll(/( *)health_check:\n/g, "$1file_storage: { directory: /var/lib/otel/queue }\n$&");
    const onDisk = deploymentFacts(text);
    expect(onDisk.gateway.exporter.traces.queue?.storage).to.equal("emptyDir");
    expect(rulesAt(onDisk, STOPPED)).to.deep.equal(["gateway-queue"]);
  });

  it("that drops pending traces forgets them as 0.96.0 does", () => {
    const drops = deploymentFacts(
      renderedDeployment("current").replaceAll("on_shutdown: false", "on_shutdown: true"),
    );
    expect(drops.gateway.flushes).to.equal(false);
    expect(rulesAt(drops, STOPPED)).to.include("tail-sampling-memory");
  });
});
