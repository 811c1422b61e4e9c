import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { correctionsIn, listCorrections } from "./corrections.js";
import { deploymentChanges } from "./deployment-changes.js";

const DEPLOYMENTS = join(import.meta.dirname, "../../fixtures/deployments");
const read = (file: string): Promise<string> => readFile(join(DEPLOYMENTS, file), "utf8");

/**
 * A collector configuration dressed as an object, so that two can be compared setting by setting.
 */
const asObject = async (file: string): Promise<string> =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    metadata: { name: "c" },
    ...(parse(await read(file)) as object),
  });

describe("the corrected deployment", () => {
  it("adds a health check and the metrics address to the agent, nothing else", async () => {
    const changes = deploymentChanges(
      await asObject("published/agent-config.yaml"),
      await asObject("corrected/agent-config.yaml"),
    );
    expect(changes).to.deep.equal([
      "Config c: extensions.health_check.endpoint absent -> 0.0.0.0:13133",
      "Config c: service.extensions[0] absent -> health_check",
      "Config c: service.telemetry.metrics.address absent -> 0.0.0.0:8888",
    ]);
  });

  it("takes from the gateway what 0.96.0 rejects and opens its metrics, nothing else", async () => {
    const changes = deploymentChanges(
      await asObject("published/gateway-config.yaml"),
      await asObject("corrected/gateway-config.yaml"),
    );
    expect(changes).to.deep.equal([
      "Config c: processors.spanmetrics.metrics_exporter otlp/metrics -> absent",
      "Config c: processors.spanmetrics.dimensions[http.method].name http.method -> absent",
      "Config c: processors.spanmetrics.dimensions[http.status_code].name http.status_code -> absent",
      "Config c: extensions.file_storage.max_file_size_mib 4096 -> absent",
      "Config c: service.telemetry.metrics.address absent -> 0.0.0.0:8888",
    ]);
  });

  it("lists each correction with its file and its reason, also through an overlay", async () => {
    const corrections = await listCorrections(join(DEPLOYMENTS, "clusterip"));
    expect(corrections.map(({ file }) => file)).to.deep.equal([
      "corrected/agent-config.yaml",
      "corrected/agent-config.yaml",
      "corrected/corrections/agent-service-account.yaml",
      "corrected/corrections/gateway-service-metrics-port.yaml",
      "corrected/corrections/namespace.yaml",
      "corrected/gateway-config.yaml",
      "corrected/gateway-config.yaml",
      "corrected/gateway-config.yaml",
      "corrected/kustomization.yaml",
    ]);
    for (const { why } of corrections) expect(why).to.match(/^\w.{40,}\.$/);
  });

  it("has no correction that lacks its comment", async () => {
    expect(await listCorrections(join(DEPLOYMENTS, "published"))).to.deep.equal([]);
    const { resources, patches } = parse(await read("corrected/kustomization.yaml")) as {
      resources: string[];
      patches: { path: string }[];
    };
    const files = [...resources.slice(1), ...patches.map(({ path }) => path)];
    for (const file of files) {
      expect(correctionsIn(await read(`corrected/${file}`)), file).to.have.length(1);
    }
  });
});

/** What a control's own files set, beside what lays them over the corrected deployment. */
const MISTAKES: Readonly<Record<string, string>> = {
  clusterip: "resolver",
  "routing-by-service": "routing",
  "percentage-20": "percentage",
  "agent-without-retry": "retry",
  "patient-gateways": "timeout",
  "queue-off": "queue",
  "queue-too-small": "queue",
  "batch-longer-than-run": "batch",
};

describe("the deployment of a control", () => {
  it("is the corrected one, with one file of collector settings over it", async () => {
    for (const [name, mistake] of Object.entries(MISTAKES)) {
      const { resources, configMapGenerator } = parse(await read(`${name}/kustomization.yaml`)) as {
        resources: string[];
        configMapGenerator: { files: string[] }[];
      };
      expect(resources, name).to.deep.equal(["../corrected"]);
      expect(
        configMapGenerator.flatMap(({ files }) => files),
        name,
      ).to.deep.equal([`${mistake}.yaml`]);
    }
  });

  it("changes one percentage and nothing else where it changes the percentage", async () => {
    const whole = parse(await read("corrected/gateway-config.yaml")) as {
      processors: { tail_sampling: { policies: unknown } };
    };
    const mistake = parse(await read("percentage-20/percentage.yaml")) as typeof whole;
    const dressed = (policies: unknown): string =>
      JSON.stringify({ apiVersion: "v1", kind: "Config", metadata: { name: "c" }, policies });
    const changes = deploymentChanges(
      dressed(whole.processors.tail_sampling.policies),
      dressed(mistake.processors.tail_sampling.policies),
    );
    expect(changes).to.deep.equal([
      "Config c: policies[probabilistic].probabilistic.sampling_percentage 10 -> 20",
    ]);
  });
});

describe("the kind-sized component", () => {
  it("touches requests only", async () => {
    const patch = await read("kind-sized/gateway-requests.yaml");
    const changes = deploymentChanges("", patch).filter((change) => change.includes(".spec."));
    for (const change of changes) expect(change).to.match(/resources\.requests\.|\.name /);
  });
});

describe("deploymentChanges", () => {
  const gateway = (cpu: string): string =>
    `{apiVersion: apps/v1, kind: Deployment, metadata: {name: g}, spec: {c: [{name: x, cpu: ${cpu}}]}}`;

  it("names the object, the path through named elements, the old and the new value", () => {
    expect(deploymentChanges(gateway('"1"'), gateway("40m"))).to.deep.equal([
      "Deployment g: spec.c[x].cpu 1 -> 40m",
    ]);
  });

  it("looks into the YAML files of a ConfigMap", () => {
    const map = (file: string): string =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {c.yaml: "${file}"}}`;
    expect(deploymentChanges(map("a: 1"), map("a: 1\\nb: [x]"))).to.deep.equal([
      "ConfigMap m: data.c.yaml.b[0] absent -> x",
    ]);
  });

  it("is empty for equal deployments", () => {
    expect(deploymentChanges(gateway("1"), gateway("1"))).to.deep.equal([]);
  });
});
