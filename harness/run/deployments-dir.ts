/** Where the deployments lie. */
import { isAbsolute, join } from "node:path";

export const DEPLOYMENTS_DIR = join(import.meta.dirname, "../../fixtures/deployments");

/** The directory of a deployment as a scenario names it. */
export const deploymentDirectory = (deployment: string): string =>
  isAbsolute(deployment) ? deployment : join(DEPLOYMENTS_DIR, deployment);
