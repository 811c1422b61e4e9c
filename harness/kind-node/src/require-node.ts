/** Demands a node of a cluster of ours before anything is done to it. */
import type { Executor } from "./command.js";
import { KitError } from "./errors.js";
import { listNodes, type ClusterNode, type OnCluster } from "./nodes.js";
import { requireOurs } from "./owner.js";

const KINDS = {
  worker: { says: "worker", fits: ({ role }: ClusterNode) => role === "worker" },
  running: { says: "running node", fits: ({ running }: ClusterNode) => running },
} as const;

/** KitError unless the cluster is ours and has such a node of that name. */
export async function requireNode(
  kind: keyof typeof KINDS,
  { cluster, node }: { readonly cluster: string; readonly node: string },
  options: OnCluster,
  executor: Executor,
): Promise<void> {
  const { says, fits } = KINDS[kind];
  await requireOurs(cluster, options, executor);
  const nodes = await listNodes(cluster, options, executor);
  if (nodes.some((one) => one.name === node && fits(one))) return;
  throw new KitError(`cluster ${cluster} has no ${says} ${node}`, {
    fix: `see which it has: docker ps --all --filter label=io.x-k8s.kind.cluster=${cluster}`,
  });
}
