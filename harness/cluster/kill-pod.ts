/** Ways to end a pod's collector: with its pod, with or without warning, or in place. */
import { signalContainer, type NodeContainer } from "kind-node";
import { HarnessError } from "../model/errors.js";
import { ask } from "./ask.js";
import type { ClusterClient } from "./client.js";
import { kit } from "./kit-errors.js";

export interface PodToKill {
  readonly namespace: string;
  readonly name: string;
  /** Only the pod that was picked, not a namesake. */
  readonly uid: string;
}

/**
 * Deletes the pod with grace 0, and its emptyDir with it; a dry run asks the same and changes nothing. HarnessError
 * when the pod is given time all the same.
 */
export async function deletePodNow(
  client: ClusterClient,
  { namespace, name, uid }: PodToKill,
  options: { readonly dryRun: boolean; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  await client.call({
    method: "DELETE",
    path: `/api/v1/namespaces/${namespace}/pods/${name}${options.dryRun ? "?dryRun=All" : ""}`,
    body: { gracePeriodSeconds: 0, preconditions: { uid } },
    signal: options.signal,
  });
  if (options.dryRun) return;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const { status, body } = await ask(client, { path, signal: options.signal });
  const left = body as { readonly metadata?: { readonly uid?: string } } | undefined;
  if (status < 300 && left?.metadata?.uid === uid) {
    throw new HarnessError(`${name} was deleted with grace 0 and is still there`);
  }
}

/** Deletes the pod as `kubectl delete` does: its containers get SIGTERM, and its own grace period to end. */
export async function deletePodGracefully(
  client: ClusterClient,
  { namespace, name, uid }: PodToKill,
  signal?: AbortSignal,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  await client.call({ method: "DELETE", path, body: { preconditions: { uid } }, signal });
}

/**
 * SIGKILL for the main process of the pod's only container; the pod, its address and its volumes stay. HarnessError
 * when the pod is another one by now or its container does not run.
 */
export async function killPodInPlace(
  client: ClusterClient,
  cluster: string,
  pod: PodToKill,
  signal?: AbortSignal,
): Promise<void> {
  const container = await containerOf(client, cluster, pod);
  await kit(signalContainer(container, "KILL", { signal }));
}

/** Where the pod's only container runs. HarnessError as above. */
export async function containerOf(
  client: ClusterClient,
  cluster: string,
  { namespace, name, uid }: PodToKill,
): Promise<NodeContainer> {
  const { metadata, spec, status } = await client.core.readNamespacedPod({ name, namespace });
  const [container, ...others] = status?.containerStatuses ?? [];
  const containerId = /^containerd:\/\/(\w+)$/.exec(container?.containerID ?? "")?.[1];
  const node = spec?.nodeName;
  if (metadata?.uid !== uid || others.length > 0 || containerId === undefined || !node) {
    throw new HarnessError(`pod ${name} (UID ${uid}) has no single running container`, {
      lastSeen: `UID ${metadata?.uid ?? "none"}, container ${container?.containerID ?? "none"}`,
    });
  }
  return { cluster, node, containerId };
}
