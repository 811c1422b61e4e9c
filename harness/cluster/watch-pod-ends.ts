/** Watches pods that are deleted, for how they end shows in the API only for a moment before they are gone. */
import { Watch } from "@kubernetes/client-node";
import type { ClusterClient } from "./client.js";

/** How a pod that was deleted ended. */
export interface PodEnd {
  /** From the request to delete it to the end of its container at most; the API tells both in whole seconds. */
  readonly withinMs: number;
  readonly exitCode: number;
  /** As the kubelet words it: `Completed`, `Error`, `OOMKilled`. */
  readonly reason: string;
}

/** The server ends the watch after this time: longer than any fault waits for an end. */
const WATCH_SECONDS = 600;

/**
 * Ends by UID, filled in as they are seen until the signal stops it. Resolves when nothing that happens from now on
 * can be missed; a watch that breaks later misses what follows, which then is not in the map.
 */
export async function watchPodEnds(
  client: ClusterClient,
  options: {
    readonly namespace: string;
    readonly labelSelector: string;
    readonly signal: AbortSignal;
  },
): Promise<ReadonlyMap<string, PodEnd>> {
  const { namespace, labelSelector, signal } = options;
  const ends = new Map<string, PodEnd>();
  const { metadata } = await client.core.listNamespacedPod({ namespace, labelSelector });
  const connection = await new Watch(client.config).watch(
    `/api/v1/namespaces/${namespace}/pods`,
    {
      labelSelector,
      resourceVersion: metadata?.resourceVersion,
      timeoutSeconds: WATCH_SECONDS,
    },
    (_phase, object: WatchedPod) => {
      const end = endOfPod(object);
      if (end !== undefined) ends.set(object.metadata?.uid ?? "", end);
    },
    () => undefined,
  );
  if (signal.aborted) connection.abort();
  else signal.addEventListener("abort", () => connection.abort(), { once: true });
  return ends;
}

/** What counts of a pod as a watch brings it: JSON, so times are text. */
export interface WatchedPod {
  readonly metadata?: {
    readonly uid?: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
  };
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly state?: {
        readonly terminated?: {
          readonly exitCode: number;
          readonly reason?: string;
          readonly finishedAt?: string;
        };
      };
    }[];
  };
}

/** Undefined while its first container runs, and for a pod that nobody deleted. */
export function endOfPod({ metadata, status }: WatchedPod): PodEnd | undefined {
  const ended = status?.containerStatuses?.[0]?.state?.terminated;
  // The API puts the time by which the pod must be gone, not that of the request.
  const due = metadata?.deletionTimestamp;
  if (ended?.finishedAt === undefined || due === undefined) return undefined;
  const askedMs = Date.parse(due) - (metadata?.deletionGracePeriodSeconds ?? 0) * 1_000;
  return {
    // Cut to whole seconds, two times may change places and hide up to a second of what lay between them.
    withinMs: Math.max(0, Date.parse(ended.finishedAt) - askedMs) + 1_000,
    exitCode: ended.exitCode,
    reason: ended.reason ?? "",
  };
}
