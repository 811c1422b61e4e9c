import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parseAllDocuments, stringify } from "yaml";
import { UsageError } from "../model/errors.js";
import { deploymentFacts, samplingFactsOf } from "./deployment-facts.js";
import { holdMs, routedWithinMs } from "./holds.js";
import { settings } from "./settings.js";

const FIXTURES = join(import.meta.dirname, "../../fixtures");
const read = (file: string): string => readFileSync(join(FIXTURES, file), "utf8");
/** The corrected deployment with kind-sized requests, as Kustomize renders it. */
const CORRECTED = read("histories/deployment.yaml");

/** The deployment with texts replaced, all of which must be there. */
function changed(...changes: readonly (readonly [from: string | RegExp, to: string])[]): string {
  return changes.reduce((yaml, [from, to]) => {
    const result = yaml.replace(from, to);
    if (result === yaml) throw new Error(`the deployment has no ${String(from)}`);
    return result;
  }, CORRECTED);
}

/** The control's second --config file, laid over the agents' as its kustomization does. */
function clusterIp(): string {
  const documents = parseAllDocuments(CORRECTED);
  for (const document of documents) {
    const name = document.getIn(["metadata", "name"]);
    if (name === "otel-agent-config") {
      document.setIn(["data", "resolver.yaml"], read("deployments/clusterip/resolver.yaml"));
    }
    if (name === "otel-agent" && document.get("kind") === "DaemonSet") {
      const args = ["spec", "template", "spec", "containers", 0, "args"];
      document.addIn(args, "--config=/etc/otel/resolver.yaml");
    }
  }
  return documents.map((document) => stringify(document)).join("---\n");
}

describe("facts of a deployment", () => {
  const facts = deploymentFacts(CORRECTED);

  it("are read from a rendering that is still the corrected deployment", () => {
    const configs = parseAllDocuments(CORRECTED)
      .filter((document) => document.get("kind") === "ConfigMap")
      .map((document) => document.getIn(["data", "config.yaml"]));
    expect(configs).to.have.members([
      read("deployments/corrected/agent-config.yaml"),
      read("deployments/corrected/gateway-config.yaml"),
    ]);
  });

  it("of the agents", () => {
    expect(facts.agent.workload).to.equal("DaemonSet/otel-agent");
    expect(facts.agent.resolver).to.deep.equal({
      kind: "dns",
      hostname: "otel-gateway-headless.observability.svc.cluster.local",
      port: "4317",
      intervalMs: 5_000,
      timeoutMs: 1_000,
      service: "otel-gateway-headless",
      headless: true,
      keepsUnready: false,
      fixed: [],
      unpredictable: [],
    });
    expect(facts.agent.balancer).to.include({ queue: null, retryForMs: 0 });
    expect(facts.agent.answersLast.logs).to.equal(false);
    expect(facts.agent.batch.traces).to.deep.equal({ timeoutMs: 2_000, size: 512 });
    expect(facts.agent.exporter.timeoutMs).to.equal(10_000);
    expect(facts.unpredictableOwner).to.deep.equal([]);
  });

  it("of the gateways", () => {
    const { gateway } = facts;
    expect(gateway.workload).to.equal("Deployment/otel-gateway");
    expect(gateway.replicas).to.equal(3);
    expect(gateway.terminationGraceMs).to.equal(60_000);
    expect(gateway.disruptionBudget).to.equal("minAvailable 2");
    expect(gateway.minReady).to.equal(2);
    expect(gateway.autoscaler).to.deep.equal({
      minReplicas: 3,
      maxReplicas: 15,
      up: {
        stabilizationMs: 60_000,
        select: "Max",
        policies: [{ type: "Pods", value: 3, periodMs: 60_000 }],
      },
      down: {
        stabilizationMs: 300_000,
        select: "Max",
        policies: [{ type: "Pods", value: 1, periodMs: 120_000 }],
      },
    });
    expect(gateway.batch.logs).to.deep.equal({ timeoutMs: 10_000, size: 2_048 });
    expect(gateway.exporterId.traces).to.equal("otlp/traces");
    expect(gateway.exporter.metrics).to.deep.equal({
      timeoutMs: 5_000,
      queue: { size: 5_000, consumers: 10, storage: "emptyDir" },
      retryForMs: 300_000,
      retry: { initialMs: 5_000, maxMs: 30_000, multiplier: 1.5, jitter: 0.5 },
    });
    expect(gateway.exporter.traces.retry.maxMs).to.equal(60_000);
    expect(gateway.sampling).to.deep.equal({
      decisionWaitMs: 30_000,
      numTraces: 50_000,
      keepsErrors: true,
      latencyThresholdMs: 2_000,
      percentage: 10,
      salt: "default-hash-seed",
      unpredictable: [],
      overruling: [],
      dropsPending: false,
    });
    expect(gateway).to.include({ preStopMs: 0, flushes: false });
  });

  it("give the longest that an item is held", () => {
    expect(routedWithinMs(facts, "traces")).to.equal(4_000);
    expect(holdMs(facts, "traces")).to.equal(47_000);
    expect(holdMs(facts, "logs")).to.equal(16_000);
  });

  it("follow the settings", () => {
    const other = deploymentFacts(
      changed(
        ["decision_wait: 30s", "decision_wait: 10s"],
        ["send_batch_size: 2048\n        timeout: 10s", "send_batch_size: 2048"],
        ["sampling_percentage: 10", "sampling_percentage: 25\n              hash_salt: pepper"],
        [/max_interval: 60s/, "max_elapsed_time: 0s"],
      ),
    );
    expect(holdMs(other, "traces")).to.equal(47_000 - 20_000 - 9_800);
    expect(samplingFactsOf(other)).to.deep.equal({
      percentage: 25,
      salt: "pepper",
      latencyThresholdMs: 2_000,
      decisionWaitMs: 10_000,
    });
    expect(other.gateway.exporter.traces.retryForMs).to.equal(Infinity);
    expect(other.gateway.exporter.logs.retryForMs).to.equal(300_000);
  });

  it("say that a queue without storage is in memory, and which volume holds the other", () => {
    const inMemory = deploymentFacts(changed([/ *storage: file_storage\n/, ""]));
    expect(inMemory.gateway.exporter.traces.queue?.storage).to.equal("memory");
    expect(inMemory.gateway.exporter.logs.queue?.storage).to.equal("emptyDir");
    const claimed = deploymentFacts(
      changed([/emptyDir:\n *sizeLimit: 5Gi/, "persistentVolumeClaim: { claimName: queue }"]),
    );
    expect(claimed.gateway.exporter.traces.queue?.storage).to.equal("persistent volume");
  });

  it("of agents behind one address: no owner can be predicted", () => {
    const { agent, unpredictableOwner } = deploymentFacts(clusterIp());
    expect(agent.resolver).to.include({ service: "otel-gateway", headless: false, port: "4317" });
    expect(unpredictableOwner).to.deep.equal([
      "the agents resolve otel-gateway, which is not a headless Service of the deployment",
    ]);
  });

  it("of a policy that depends on more than the trace: no decision can be predicted", () => {
    const other = deploymentFacts(changed(["type: latency", "type: rate_limiting"]));
    expect(other.unpredictableSampling).to.deep.equal([
      "tail sampling policy slow-traces (rate_limiting)",
    ]);
    expect(other.gateway.sampling?.latencyThresholdMs).to.equal(null);
  });

  it("tell policies that can only keep more from those that overrule others", () => {
    const policy = (text: string): string[] =>
      deploymentFacts(
        changed([/^( *)type: latency/m, `$1type: ${text.replaceAll(";", "\n$1")}`]),
      ).gateway.sampling?.overruling.slice() ?? [];
    for (const keeps of [
      "always_sample",
      "and;and: { and_sub_policy: [{ type: string_attribute, string_attribute: { invert_match: true } }] }",
      "composite",
      "numeric_attribute;numeric_attribute: { invert_match: false }",
      "ottl_condition",
    ]) {
      expect(policy(keeps), keeps).to.deep.equal([]);
    }
    for (const overrules of [
      "string_attribute;string_attribute: { invert_match: true }",
      "numeric_attribute;numeric_attribute: { invert_match: true }",
      "drop",
      "a_type_of_a_later_release",
    ]) {
      expect(policy(overrules), overrules).to.have.length(1);
    }
  });

  it("know that later releases keep only what takes longer than the threshold", () => {
    const thresholds = ["0.115.0", "0.160.0", "0.161.0"].map(
      (release) =>
        deploymentFacts(CORRECTED.replaceAll(":0.96.0", `:${release}`)).gateway.sampling
          ?.latencyThresholdMs,
    );
    expect(thresholds).to.deep.equal([2_000, 2_001, 2_001]);
  });

  it("of a setting that decides a trace sooner or by a part of it: no decision can be predicted", () => {
    const having = (setting: string) =>
      deploymentFacts(changed(["decision_wait: 30s", `decision_wait: 30s\n        ${setting}`]))
        .gateway.sampling;
    expect(having("sampling_strategy: span-ingest")).to.deep.include({
      unpredictable: ["tail sampling's sampling_strategy"],
      overruling: ["tail sampling's sampling_strategy"],
    });
    for (const usual of ["sampling_strategy: trace-complete", "maximum_trace_size_bytes: 0"]) {
      expect(having(usual)?.unpredictable, usual).to.deep.equal([]);
    }
  });

  it("know that errors are kept when a policy asks for more codes than ERROR", () => {
    const { sampling } = deploymentFacts(
      changed(["status_codes: [ERROR]", "status_codes: [OK, ERROR]"]),
    ).gateway;
    expect(sampling).to.deep.include({ keepsErrors: true, overruling: [] });
    expect(sampling?.unpredictable).to.deep.equal(["tail sampling policy errors (status_code)"]);
    const without = deploymentFacts(changed(["status_codes: [ERROR]", "status_codes: [OK]"]));
    expect(without.gateway.sampling?.keepsErrors).to.equal(false);
  });

  it("of gateways without tail sampling: every trace is kept", () => {
    const bare = deploymentFacts(changed(["[memory_limiter, tail_sampling, batch]", "[batch]"]));
    expect(bare.gateway.sampling).to.equal(null);
    expect(samplingFactsOf(bare).percentage).to.equal(100);
    expect(holdMs(bare, "traces")).to.equal(16_000);
  });

  it("list the settings for the report", () => {
    const values = Object.fromEntries(settings(facts).map(({ name, value }) => [name, value]));
    expect(values["agent batch"]).to.equal("512 items or 2.0 s");
    expect(values["tail sampling"]).to.equal(
      "decision after 30.0 s, at most 50000 traces, errors, from 2.0 s, 10 %",
    );
  });

  for (const [what, yaml, says] of [
    ["text that is not YAML", "a: [1, 2\nb: }", "rendered deployment:"],
    ["nothing at all", "", "loadbalancing exporter (agents)"],
    ["no agents", changed([/kind: DaemonSet/, "kind: Job"]), "(agents)"],
    ["no gateways", changed([/kind: Deployment\n/, "kind: Job\n"]), "(gateways)"],
    [
      "two tiers of agents",
      changed([/^ {6}otlp\/traces:/m, "      loadbalancing: {}\n      otlp/traces:"]),
      "DaemonSet/otel-agent and Deployment/otel-gateway both use the loadbalancing exporter",
    ],
    ["agents that do not balance", changed([/^ {6}loadbalancing:/m, "      otlp:"]), "(agents)"],
    [
      "a configuration that no ConfigMap holds",
      changed(["--config=/etc/otel/config.yaml", "--config=/etc/otel/other.yaml"]),
      "no ConfigMap holds the collector's /etc/otel/other.yaml",
    ],
    [
      "a collector configuration that is not YAML",
      changed([/decision_wait: 30s/, "decision_wait: [30s"]),
      "the collector's /etc/otel/config.yaml",
    ],
  ] as const) {
    it(`refuse ${what}`, () => {
      expect(() => deploymentFacts(yaml)).to.throw(UsageError, says);
    });
  }
});
