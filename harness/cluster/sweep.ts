/**
 * Removes what earlier runs left behind: clusters that carry our mark and images of our repository.
 */
import { execa } from "execa";
import { clusterOwner, listClusters } from "kind-node";
import type { Progress } from "../model/progress.js";
import { kit } from "./kit-errors.js";
import { OBSERVER_REPOSITORY } from "./observer-image.js";
import { describeOwner, reasonToRemove, removeCluster } from "./ownership.js";

export interface SweepOptions {
  /** Also clusters that are kept or whose owner is alive. */
  readonly all: boolean;
  /** Only say what would be deleted. */
  readonly dryRun: boolean;
  readonly progress: Progress;
}

/** Names of the clusters that were, or with `dryRun` would be, deleted. */
export async function sweep(options: SweepOptions): Promise<string[]> {
  const { all, dryRun, progress } = options;
  const swept: string[] = [];
  for (const name of await kit(listClusters())) {
    const owner = await kit(clusterOwner(name));
    if (owner === undefined) continue;
    const why = all ? "asked for" : reasonToRemove(owner, Date.now() / 1_000);
    if (why === undefined) {
      progress.event(`cluster ${name} stays: ${describeOwner(owner)}`);
      continue;
    }
    progress.event(`${dryRun ? "would delete" : "deleting"} cluster ${name}: ${why}`);
    if (!dryRun) await removeCluster(name);
    swept.push(name);
  }
  if (!dryRun && all) await removeObserverImages(progress);
  return swept;
}

async function removeObserverImages(progress: Progress): Promise<void> {
  const { stdout } = await execa("docker", ["images", "--quiet", OBSERVER_REPOSITORY], {
    reject: false,
  });
  const ids = [...new Set(stdout.split("\n").filter(Boolean))];
  if (ids.length === 0) return;
  progress.event(`deleting ${String(ids.length)} images ${OBSERVER_REPOSITORY}`);
  await execa("docker", ["rmi", "--force", ...ids], { reject: false });
}
