/** The deployments of this repository. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DEPLOYMENTS_DIR } from "../run/deployments-dir.js";
import { kustomizationIn } from "./kustomization-files.js";

/** Names under fixtures/deployments that can be rendered on their own: all but components. */
export const deploymentNames = (): string[] =>
  readdirSync(DEPLOYMENTS_DIR).filter((name) => {
    const path = kustomizationIn(join(DEPLOYMENTS_DIR, name));
    return path !== undefined && !/^kind: Component$/m.test(readFileSync(path, "utf8"));
  });
