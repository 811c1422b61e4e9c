/** Nodes as the API shows them: ready or not, open to pods or not. */
import type { V1Node } from "@kubernetes/client-node";
import type { ClusterClient } from "./client.js";

export interface NodeState {
  readonly name: string;
  readonly uid: string;
  /** Its address on the Docker network. */
  readonly ip: string;
  readonly ready: boolean;
  /** Why it is not ready, as the cluster words it: `NodeStatusUnknown`. */
  readonly reason: string;
  readonly schedulable: boolean;
}

/** All nodes, the control plane too. */
export async function nodeStates(client: ClusterClient): Promise<NodeState[]> {
  const { items } = await client.core.listNode();
  return items.map(nodeStateOf);
}

export function nodeStateOf({ metadata, spec, status }: V1Node): NodeState {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return {
    name: metadata?.name ?? "",
    uid: metadata?.uid ?? "",
    ip: status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "",
    ready: ready?.status === "True",
    reason: ready?.reason ?? "unknown",
    schedulable: spec?.unschedulable !== true,
  };
}

/** Cordons or uncordons a node; no error when it is so already. */
export async function setSchedulable(
  client: ClusterClient,
  node: string,
  schedulable: boolean,
  signal?: AbortSignal,
): Promise<void> {
  await client.call({
    method: "PATCH",
    path: `/api/v1/nodes/${node}`,
    body: { spec: { unschedulable: schedulable ? null : true } },
    signal,
  });
}

/** Unix ms of a node's last heartbeat (its Lease, renewed every 10 s); 0 when it never had one. */
export async function heartbeatMs(
  client: ClusterClient,
  node: string,
  signal?: AbortSignal,
): Promise<number> {
  const lease = JSON.parse(
    await client.call({
      path: `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}`,
      signal,
    }),
  ) as { readonly spec?: { readonly renewTime?: string } };
  return lease.spec?.renewTime === undefined ? 0 : Date.parse(lease.spec.renewTime);
}
