import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { stringify } from "yaml";
import { UsageError } from "../model/errors.js";
import { intoNamespace } from "./into-namespace.js";
import { parseManifests } from "./manifests.js";

const FIXTURES = join(import.meta.dirname, "../../fixtures/deployments");
const read = (file: string): string => readFileSync(join(FIXTURES, file), "utf8");

const document = (kind: string, name: string, over: object = {}): string =>
  stringify({ apiVersion: "v1", kind, metadata: { name, namespace: "observability" }, ...over });

/** The corrected deployment as far as names of the namespace stand in it. */
const corrected = [
  read("corrected/corrections/namespace.yaml"),
  read("published/gateway-deployment.yaml"),
  read("published/gateway-hpa.yaml"),
  read("published/gateway-pdb.yaml"),
  document("ConfigMap", "otel-agent-config", {
    data: { "config.yaml": read("corrected/agent-config.yaml") },
  }),
  document("ConfigMap", "otel-gateway-config", {
    data: {
      "config.yaml": read("corrected/gateway-config.yaml"),
      "audit.yaml": read("audited/audit.yaml"),
    },
  }),
].join("---\n");

const refused = (yaml: string, says: string): void => {
  expect(() => intoNamespace(yaml, "staging")).to.throw(UsageError, says);
};

describe("a deployment that is moved into another namespace", () => {
  const moved = intoNamespace(corrected, "staging");

  it("has every object there, and no Namespace", () => {
    const manifests = parseManifests(moved, "moved");
    expect(manifests.map(({ kind }) => kind)).not.to.include("Namespace");
    expect(manifests.map(({ metadata }) => metadata.namespace)).to.deep.equal(
      manifests.map(() => "staging"),
    );
    expect(manifests.length).to.equal(7);
  });

  it("names its Services and the observers there in the collectors' configurations", () => {
    for (const name of [
      "otel-gateway-headless.staging.svc.cluster.local",
      "tempo.staging.svc:4317",
      "mimir.staging.svc:4317",
      "loki.staging.svc:4317",
      "audit.staging.svc:4317",
    ]) {
      expect(moved).to.contain(name);
    }
    expect(moved).not.to.contain("observability");
  });

  it("is otherwise what it was: into its own namespace nothing changes but the Namespace", () => {
    const all = parseManifests(corrected, "corrected").filter(({ kind }) => kind !== "Namespace");
    const same = parseManifests(intoNamespace(corrected, "observability"), "same");
    expect(same).to.deep.equal(all);
  });

  it("keeps a name that only looks like one of the namespace", () => {
    const config = document("ConfigMap", "c", {
      data: { text: "app.observability=1 my-tempo.observability-2 tempo.observability:4317" },
    });
    expect(intoNamespace(config, "staging")).to.contain(
      "app.observability=1 my-tempo.observability-2 tempo.staging:4317",
    );
  });

  it("is refused when it names somebody else's Service in the old namespace", () => {
    const endpoint = "jaeger.observability.svc.cluster.local:4317";
    const config = document("ConfigMap", "c", { data: { "config.yaml": `endpoint: ${endpoint}` } });
    refused(config, "ConfigMap c names jaeger.observability.svc, which is no Service of");
  });

  it("is refused when an object lies outside the namespace or is of a kind that a run does not make", () => {
    refused(document("ClusterRole", "reader"), "ClusterRole reader is nothing that a run makes");
    refused(document("NetworkPolicy", "closed"), "NetworkPolicy closed is nothing");
  });

  it("is refused when its objects are in several namespaces", () => {
    const other = stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c", namespace: "elsewhere" },
    });
    refused(`${corrected}---\n${other}`, "several namespaces (observability, elsewhere)");
  });
});
