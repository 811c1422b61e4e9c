/** Whose a cluster of ours is, and when it may be removed without being asked for by name. */
import { deleteCluster, ownerLives, processIdentity, type ClusterOwner } from "kind-node";
import { kit } from "./kit-errors.js";

const KEPT = "kept";

/**
 * Why a cluster of ours may go; undefined when it is in use or kept. One that is in use never expires, however long its
 * suite takes, unless nobody can tell its owner from a later process of the same ID.
 */
export function reasonToRemove(
  owner: ClusterOwner,
  nowS: number,
  lives: (owner: ClusterOwner) => boolean = ownerLives,
): string | undefined {
  const expired = owner.expiresAtS <= nowS ? "expired" : undefined;
  if (owner.run === KEPT) return expired;
  if (lives(owner)) return owner.process === undefined ? expired : undefined;
  return owner.pid === 0
    ? "left behind by nobody knows whom"
    : `left behind: its owner, process ${String(owner.pid)}, is gone`;
}

/** Why it stays, in words. */
export const describeOwner = (owner: ClusterOwner): string =>
  owner.run === KEPT
    ? `kept until ${new Date(owner.expiresAtS * 1_000).toISOString()}`
    : `in use by process ${String(owner.pid)}`;

/** The owner that a kept cluster has, until it expires. */
export const keptFor = (lifetimeS: number): ClusterOwner => ownedBy(KEPT, lifetimeS);

/** The owner of a cluster that this process makes for one command. */
export const ownedBy = (run: string, lifetimeS: number): ClusterOwner => ({
  run,
  pid: process.pid,
  process: processIdentity(process.pid),
  expiresAtS: Math.floor(Date.now() / 1_000) + lifetimeS,
});

/** Deletes a cluster of ours; fine when there is none of that name. */
export const removeCluster = (name: string, kubeconfigPath?: string): Promise<void> =>
  kit(deleteCluster(name, { kubeconfigPath }));
