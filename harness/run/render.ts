/** Where the deployments lie, and one of them as it is applied. */
import { join } from "node:path";
import { findKubectl } from "kind-node";
import { renderDeployment } from "../cluster/render.js";
import type { Scenario } from "../model/scenario.js";
import { deploymentFacts } from "../oracle/deployment-facts.js";

export const DEPLOYMENTS_DIR = join(import.meta.dirname, "../../fixtures/deployments");

/** The deployment's YAML as it will be applied: sized for kind. */
export const render = (kubectl: string, deployment: string, signal?: AbortSignal) =>
  renderDeployment({ kubectl, dir: join(DEPLOYMENTS_DIR, deployment), kindSized: true, signal });

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
  const named = scenarios.flatMap(({ deployment, applied = deployment }) => [deployment, applied]);
  for (const deployment of new Set(named)) {
    deploymentFacts(await render(kubectl, deployment, signal));
  }
}
