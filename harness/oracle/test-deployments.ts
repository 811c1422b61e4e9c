/** The deployments of fixtures as Kustomize renders them, made without it: a test sees to it that both say the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments, stringify, type Document } from "yaml";

const FIXTURES = join(import.meta.dirname, "../../fixtures");
const read = (file: string): string => readFileSync(join(FIXTURES, file), "utf8");

/** What each sets differently from `corrected`. */
const CHANGES = {
  graceful: { adds: "graceful.yaml", sleepS: 65, graceS: 120 },
  "at-least-once": { image: "0.161.0" },
  current: { image: "0.161.0", sleepS: 15, graceS: 60 },
} as const;

export type DeploymentName = keyof typeof CHANGES;
export const DEPLOYMENT_NAMES = Object.keys(CHANGES) as [DeploymentName, ...DeploymentName[]];

interface Change {
  /** A file that is laid over the gateways' configuration; without one both tiers have their own. */
  readonly adds?: string;
  readonly image?: string;
  readonly sleepS?: number;
  readonly graceS?: number;
}

export function renderedDeployment(name: DeploymentName): string {
  const change: Change = CHANGES[name];
  const documents = parseAllDocuments(read("histories/deployment.yaml"));
  for (const document of documents) put(document, name, change);
  return documents.map((document) => stringify(document)).join("---\n");
}

const POD = ["spec", "template", "spec"];
const CONTAINER = [...POD, "containers", 0];

function put(document: Document.Parsed, name: DeploymentName, change: Change): void {
  const of = `${String(document.get("kind"))} ${String(document.getIn(["metadata", "name"]))}`;
  const { adds, image, sleepS, graceS } = change;
  if (of === "ConfigMap otel-gateway-config" && adds !== undefined) {
    document.setIn(["data", adds], read(`deployments/${name}/${adds}`));
  }
  for (const tier of ["agent", "gateway"]) {
    if (of !== `ConfigMap otel-${tier}-config` || adds !== undefined) continue;
    document.setIn(["data", "config.yaml"], read(`deployments/${name}/${tier}-config.yaml`));
  }
  const isGateway = of === "Deployment otel-gateway";
  if (image !== undefined && (isGateway || of === "DaemonSet otel-agent")) {
    document.setIn([...CONTAINER, "image"], `otel/opentelemetry-collector-contrib:${image}`);
  }
  if (!isGateway) return;
  if (adds !== undefined) document.addIn([...CONTAINER, "args"], `--config=/etc/otel/${adds}`);
  if (sleepS !== undefined) {
    document.setIn([...CONTAINER, "lifecycle"], { preStop: { sleep: { seconds: sleepS } } });
  }
  if (graceS !== undefined) document.setIn([...POD, "terminationGracePeriodSeconds"], graceS);
}
