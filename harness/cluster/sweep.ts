/**
 * Removes what earlier runs left behind: clusters that carry our mark and images of our repository.
 */
import { execa } from "execa";
import { clusterOwner, listClusters, type ClusterOwner } from "kind-node";
import type { Progress } from "../model/progress.js";
import { kit } from "./kit-errors.js";
import { OBSERVER_REPOSITORY } from "./observer-image.js";
import { removeCluster } from "./provision.js";

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
    const why = all ? "asked for" : reasonToSweep(owner, Date.now() / 1_000, isAlive);
    if (why === undefined) {
      progress.event(`cluster ${name} stays: ${describe(owner)}`);
      continue;
    }
    progress.event(`${dryRun ? "would delete" : "deleting"} cluster ${name}: ${why}`);
    if (!dryRun) await removeCluster(name);
    swept.push(name);
  }
  if (!dryRun && all) await removeObserverImages(progress);
  return swept;
}

/** Why a cluster of ours may go; undefined when it may not. */
export function reasonToSweep(
  owner: ClusterOwner,
  nowS: number,
  alive: (pid: number) => boolean,
): string | undefined {
  if (owner.expiresAtS <= nowS) return "expired";
  if (owner.run === "kept") return undefined;
  return alive(owner.pid) ? undefined : `its owner, process ${String(owner.pid)}, is gone`;
}

const describe = (owner: ClusterOwner): string =>
  owner.run === "kept"
    ? `kept until ${new Date(owner.expiresAtS * 1_000).toISOString()}`
    : `in use by process ${String(owner.pid)}`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // EPERM: it runs, as somebody else.
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
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
