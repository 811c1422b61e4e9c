/** A deployment as it is applied, and whether it can be run at all. */
import { findKubectl } from "kind-node";
import { join } from "node:path";
import { intoNamespace } from "../cluster/into-namespace.js";
import { renderDeployment } from "../cluster/render.js";
import { UsageError } from "../model/errors.js";
import { deploymentText, type Scenario } from "../model/scenario.js";
import { deploymentFacts } from "../oracle/deployment-facts.js";
import { demandRunnable } from "./demand-runnable.js";
import { DEPLOYMENTS_DIR, deploymentDirectory } from "./deployments-dir.js";
import { demandTaken } from "./overlay-taken.js";
import { withCollectorImage } from "./collector-image.js";

/** What of a scenario decides what is rendered. */
export type Wanted = Pick<Scenario, "deployment" | "overlay" | "collectorImage" | "audit"> & {
  /** Where a borrowed cluster takes it; undefined for where it says itself. */
  readonly namespace?: string | undefined;
};

const component = (name: string): string => join(DEPLOYMENTS_DIR, name);

/** The deployment's YAML as it will be applied: sized for kind, with the audit of an audited run. */
export const render = (kubectl: string, wanted: Wanted, signal?: AbortSignal): Promise<string> =>
  rendered(kubectl, wanted, wanted.audit ? ["kind-sized", "audited"] : ["kind-sized"], signal);

/** The same before it is changed to fit a kind cluster. */
export const renderUnsized = (
  kubectl: string,
  wanted: Omit<Wanted, "audit">,
  signal?: AbortSignal,
): Promise<string> => rendered(kubectl, wanted, [], signal);

async function rendered(
  kubectl: string,
  { deployment, overlay, collectorImage, namespace }: Omit<Wanted, "audit">,
  components: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const yaml = await renderDeployment({
    kubectl,
    dir: deploymentDirectory(deployment),
    overlay: overlay === undefined ? undefined : component(overlay),
    components: components.map(component),
    signal,
  });
  const whole = collectorImage === undefined ? yaml : withCollectorImage(yaml, collectorImage);
  return namespace === undefined ? whole : intoNamespace(whole, namespace);
}

/**
 * UsageError for the first deployment that cannot be rendered, read or run, or moved to the `namespace` of a borrowed
 * cluster, before a cluster is made for it. Without a kubectl yet, the run itself finds out.
 */
export async function checkDeployments(
  scenarios: readonly Scenario[],
  namespace?: string,
  signal?: AbortSignal,
): Promise<void> {
  const kubectl = await findKubectl({ signal });
  if (kubectl === undefined) return;
  const wanted = new Map<string, Wanted>();
  for (const scenario of scenarios) {
    const { deployment, applied = deployment } = scenario;
    for (const name of [deployment, applied]) {
      const one = { ...scenario, deployment: name, namespace };
      wanted.set(`${deploymentText(one)} ${String(scenario.audit)}`, one);
    }
  }
  for (const one of wanted.values()) await checkDeployment(kubectl, one, signal);
}

/** The rendered YAML of a deployment that a run can use. UsageError, which names it, for any other. */
export async function checkDeployment(
  kubectl: string,
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<string> {
  const { deployment, overlay, namespace } = wanted;
  const yaml = await render(kubectl, { ...wanted, namespace: undefined }, signal);
  try {
    deploymentFacts(yaml);
    demandRunnable(yaml);
    if (namespace !== undefined) intoNamespace(yaml, namespace);
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    throw new UsageError(thrown.message.replace(/^rendered deployment/, deploymentText(wanted)));
  }
  if (overlay !== undefined) {
    const of = (name: string, over?: string): Promise<string> =>
      renderUnsized(kubectl, {
        deployment: name,
        ...(over === undefined ? {} : { overlay: over }),
      });
    const [before, after] = await Promise.all([of("corrected"), of(overlay)]);
    demandTaken({ overlay, deployment }, { before, after, now: await of(deployment, overlay) });
  }
  return yaml;
}
