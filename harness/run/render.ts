/** Where the deployments lie, and one of them as it is applied. */
import { join } from "node:path";
import { renderDeployment } from "../cluster/render.js";

export const DEPLOYMENTS_DIR = join(import.meta.dirname, "../../fixtures/deployments");

/** The deployment's YAML as it will be applied: sized for kind. */
export const render = (kubectl: string, deployment: string, signal?: AbortSignal) =>
  renderDeployment({ kubectl, dir: join(DEPLOYMENTS_DIR, deployment), kindSized: true, signal });
