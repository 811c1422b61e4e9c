/** What a run needs of a deployment for itself: the names by which it finds, scrapes and strikes pods. */
import { UsageError } from "../model/errors.js";
import { NAMESPACE } from "../model/ids.js";
import { nameOf, parseManifests } from "../oracle/manifests.js";
import { at, textOf } from "../oracle/untyped.js";

const NEEDED = [
  { kind: "DaemonSet", name: "otel-agent", tier: "agents" },
  { kind: "Deployment", name: "otel-gateway", tier: "gateways" },
] as const;

/** UsageError with the first tier that a run would not find. */
export function demandRunnable(renderedYaml: string): void {
  const manifests = parseManifests(renderedYaml);
  for (const { kind, name, tier } of NEEDED) {
    const found = manifests.find((one) => one["kind"] === kind && nameOf(one) === name);
    const namespace = textOf(at(found, "metadata", "namespace"));
    const label = textOf(at(found, "spec", "template", "metadata", "labels", "app"));
    if (namespace === NAMESPACE && label === name) continue;
    throw new UsageError(
      `rendered deployment: a run finds its ${tier} as ${kind} ${name} in the namespace ${NAMESPACE}, their pods ` +
        `labelled app: ${name}, and this has none; rename them in an overlay`,
    );
  }
}
