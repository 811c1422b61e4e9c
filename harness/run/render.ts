/** Where the deployments lie, and one of them as it is applied. */
import { join } from "node:path";
import { findKubectl } from "kind-node";
import { renderDeployment } from "../cluster/render.js";
import type { Scenario } from "../model/scenario.js";
import { deploymentFacts } from "../oracle/deployment-facts.js";

export const DEPLOYMENTS_DIR = join(import.meta.dirname, "../../fixtures/deployments");

type Wanted = Pick<Scenario, "deployment" | "audit">;

/** The deployment's YAML as it will be applied: sized for kind, with the audit of an audited run. */
export const render = (
  kubectl: string,
  { deployment, audit }: Wanted,
  signal?: AbortSignal,
): Promise<string> =>
  renderDeployment({
    kubectl,
    dir: join(DEPLOYMENTS_DIR, deployment),
    components: audit ? ["kind-sized", "audited"] : ["kind-sized"],
    signal,
  });

/**
 * UsageError for the first deployment that cannot be rendered or read, before a cluster is made for it. Without a
 * kubectl yet, the run itself finds out.
 */
export async function checkDeployments(
  scenarios: readonly Scenario[],
  signal?: AbortSignal,
): Promise<void> {
  const kubectl = await findKubectl({ signal });
  if (kubectl === undefined) return;
  const wanted = new Map<string, Wanted>();
  for (const { audit, deployment, applied = deployment } of scenarios) {
    for (const name of [deployment, applied]) {
      wanted.set(`${name} ${String(audit)}`, { deployment: name, audit });
    }
  }
  for (const one of wanted.values()) deploymentFacts(await render(kubectl, one, signal));
}
