/** `chaos check` on the deployments of this repository and on what is none. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findKubectl } from "kind-node";
import { checkDeployment, type CheckResult } from "../check/check-deployment.js";
import { UsageError } from "../model/errors.js";
import type { Validator } from "../check/validate-collectors.js";
import { DEPLOYMENTS_DIR } from "../run/deployments-dir.js";
import { readInput } from "./check-input.js";
import { checkJson, checkText } from "./check-text.js";

const kubectl = await findKubectl();

/** What the real collector 0.96.0 says to the published gateway's configuration. */
const collector: Validator = ({ texts }) =>
  Promise.resolve(
    /^ +max_file_size_mib/m.test(texts.join(""))
      ? {
          kind: "refused",
          partial: true,
          output: `Error: failed to get config: cannot unmarshal the configuration: 2 error(s) decoding:

* error decoding 'extensions': error reading configuration for "file_storage": 1 error(s) decoding:

* '' has invalid keys: max_file_size_mib
* error decoding 'processors': unknown type: "spanmetrics" for id: "spanmetrics" (valid values: [batch])`,
        }
      : { kind: "accepted" },
  );

/** `fatal probe-port agent-daemonset.yaml:47`. */
const lines = ({ findings }: CheckResult): string[] =>
  findings.map(
    ({ severity, check, place }) =>
      `${severity} ${check} ${place.file.split("/").slice(-2).join("/")}:${String(place.line)}`,
  );

const PUBLISHED = [
  "fatal missing-service-account published/agent-daemonset.yaml:18",
  "fatal probe-port published/agent-daemonset.yaml:47",
  "fatal probe-port published/agent-daemonset.yaml:51",
  "fatal missing-config-map published/agent-daemonset.yaml:58",
  "fatal collector-refuses published/gateway-config.yaml:39",
  "fatal collector-refuses published/gateway-config.yaml:87",
  "fatal missing-config-map published/gateway-deployment.yaml:74",
  "warning liveness-timeout published/agent-daemonset.yaml:44",
  "warning undecided-traces published/gateway-config.yaml:23",
  "warning no-pre-stop published/gateway-deployment.yaml:35",
  "warning metrics-port published/gateway-deployment.yaml:43",
  "warning queue-on-empty-dir published/gateway-deployment.yaml:75",
  "note empty-ring published/agent-config.yaml:37",
  "note metrics-port published/agent-config.yaml:40",
  "note metrics-without-service published/agent-config.yaml:49",
  "note configuration-not-mounted published/agent-daemonset.yaml:22",
  "note num-traces published/gateway-config.yaml:23",
  "note configuration-not-mounted published/gateway-deployment.yaml:37",
  "note requests published/gateway-deployment.yaml:48",
  "note metrics-service published/gateway-deployment.yaml:103",
];
/** Which of the objects in it comes first is the renderer's matter. */
const NAMESPACE = "fatal missing-namespace";

describe("checking a deployment of this repository", () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "chaos-check-"));
  });
  after(() => rm(dir, { recursive: true }));

  const check = async (source: string): Promise<CheckResult> =>
    checkDeployment(await readInput(source, {}, dir), collector);
  const withoutNamespace = (all: readonly string[]): string[] =>
    all.filter((line) => !line.startsWith(NAMESPACE));

  it("finds in the published one what keeps it from starting, as plain manifests", async () => {
    const plain = join(dir, "published");
    await cp(join(DEPLOYMENTS_DIR, "published"), plain, { recursive: true });
    await rm(join(plain, "kustomization.yaml"));
    const result = await check(plain);
    expect(withoutNamespace(lines(result))).to.deep.equal(PUBLISHED);
    expect(result.counts).to.deep.equal({ fatal: 8, warning: 5, note: 8 });
  });

  it("prints findings with place, why and fix, then one line that sums up", async () => {
    const result = await check(join(dir, "published"));
    const text = checkText(result, "published", false);
    expect(text).to.contain(
      "fatal   published/agent-daemonset.yaml:18  [missing-service-account]\n" +
        "        DaemonSet/otel-agent needs the ServiceAccount otel-agent, which nothing creates",
    );
    expect(text).to.contain("        fix: Make it from published/agent-config.yaml.\n");
    expect(text.trimEnd().split("\n").at(-1)).to.equal(
      "published (DaemonSet/otel-agent and Deployment/otel-gateway): " +
        "8 fatal, 5 warnings, 8 notes: does not work as it stands",
    );
    const json = JSON.parse(checkJson(result, "published")) as { findings: unknown[] };
    expect(json).to.include({ schemaVersion: 1, deployment: "published" });
    expect(json.findings[0]).to.have.all.keys("severity", "check", "why", "fix", "file", "line");
  });

  it("says in plain words that a collector's own validation was not run", async () => {
    const result = await checkDeployment(await readInput(join(dir, "published"), {}, dir), () =>
      Promise.resolve({ kind: "unavailable", why: "Docker is not installed" }),
    );
    expect(checkText(result, "published", false)).to.contain(
      "DaemonSet/otel-agent: the collector's own validation was NOT run: Docker is not installed\n",
    );
  });

  // A host of unit tests need not have a kubectl.
  if (kubectl !== undefined) {
    it("finds the same through Kustomize, in the files that it is rendered from", async () => {
      expect(withoutNamespace(lines(await check("published")))).to.deep.equal(PUBLISHED);
    });

    it("finds nothing fatal in the corrected one", async () => {
      const result = await check("corrected");
      expect(result.counts.fatal).to.equal(0);
      expect(lines(result)).to.include("note empty-ring corrected/agent-config.yaml:37");
    });

    for (const name of ["graceful", "at-least-once", "current", "watching"]) {
      it(`finds nothing fatal in ${name}`, async () => {
        const result = await checkDeployment(await readInput(name, {}, dir), () =>
          Promise.resolve({ kind: "accepted" }),
        );
        expect(lines(result).filter((line) => line.startsWith("fatal"))).to.deep.equal([]);
      });
    }

    it("finds a control's mistake in the overlay that makes it", async () => {
      const [first] = lines(await check("clusterip"));
      expect(first).to.equal("fatal cluster-ip-service clusterip/resolver.yaml:6");
    });
  }

  it("refuses what is none in one line that names it", async () => {
    const file = async (name: string, text: string): Promise<string> => {
      await mkdir(join(dir, name, ".."), { recursive: true });
      await writeFile(join(dir, name), text);
      return name;
    };
    const refusal = async (source: string): Promise<string> => {
      const thrown: unknown = await check(source).catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(UsageError);
      const { message } = thrown as UsageError;
      expect(message).not.to.contain("\n");
      return message;
    };
    expect(await refusal("publishd")).to.match(/^publishd: neither .*; did you mean published\?$/);
    await mkdir(join(dir, "empty"));
    expect(await refusal("empty")).to.match(/^empty: no deployment: no Kubernetes manifest/);
    expect(await refusal(await file("notes.yaml", "a: 1\n"))).to.match(
      /^notes.yaml: no deployment/,
    );
    const service = "apiVersion: v1\nkind: Service\nmetadata: { name: a }\n";
    expect(await refusal(await file("service.yaml", service))).to.match(/runs a collector/);
    const template = `${service}spec:\n  clusterIP: {{ .Values.ip }}\n`;
    expect(await refusal(await file("left.yaml", template))).to.match(
      /^left.yaml:5: a Helm template is left in .*helm template CHART/,
    );
    expect(await refusal(await file("broken.yaml", "a: [\n"))).to.match(/^broken.yaml:\d: /);
    await file("chart/Chart.yaml", "name: x\n");
    expect(await refusal("chart")).to.match(/^chart: a Helm chart, which Helm must render/);
  });
});
