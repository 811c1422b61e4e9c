/** Puts objects into the cluster by server-side apply, and takes a whole namespace out again. */
import { PatchStrategy } from "@kubernetes/client-node";
import { HarnessError } from "../model/errors.js";
import type { Progress } from "../model/progress.js";
import { apiMessage, statusOf } from "./api-errors.js";
import type { ClusterClient } from "./client.js";
import { inApplyOrder, nameOf, parseManifests, type Manifest } from "./manifests.js";
import { waitFor } from "./wait.js";

const FIELD_MANAGER = "agent-gateway-chaos";
/** Not 0, which takes a pod out of the API before its node has stopped it and freed its hostPort. */
const POD_GRACE_S = 1;

export interface ApplyOptions {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress;
}

/**
 * Applies multi-document YAML in dependency order. HarnessError names the object that the API
 * refused.
 */
export const applyYaml = (
  client: ClusterClient,
  yaml: string,
  options: ApplyOptions & { source: string },
): Promise<void> => applyManifests(client, parseManifests(yaml, options.source), options);

/** Applies objects in dependency order. */
export async function applyManifests(
  client: ClusterClient,
  manifests: readonly Manifest[],
  options: ApplyOptions = {},
): Promise<void> {
  for (const manifest of inApplyOrder(manifests)) {
    options.signal?.throwIfAborted();
    options.progress?.status(`apply ${nameOf(manifest)}`);
    try {
      await client.objects.patch(
        manifest,
        undefined,
        undefined,
        FIELD_MANAGER,
        true,
        PatchStrategy.ServerSideApply,
      );
    } catch (cause) {
      throw new HarnessError(`apply ${nameOf(manifest)}: ${apiMessage(cause)}`, { cause });
    }
  }
}

/**
 * Deletes the namespace with all that is in it and waits until it is gone. Absent already: fine. Pods get no time
 * to drain: nobody asks any more what they hold.
 */
export async function removeNamespace(
  client: ClusterClient,
  namespace: string,
  options: ApplyOptions & { timeoutMs: number },
): Promise<void> {
  const demandAbsent = (thrown: unknown): void => {
    if (statusOf(thrown) === 404) return;
    throw new HarnessError(`namespace ${namespace}: ${apiMessage(thrown)}`, { cause: thrown });
  };
  options.progress?.status(`remove namespace ${namespace}`);
  try {
    await client.core.deleteNamespace({ name: namespace });
  } catch (thrown) {
    // 409: it is being deleted already.
    if (statusOf(thrown) !== 409) {
      demandAbsent(thrown);
      return;
    }
  }
  // In a namespace that is being deleted nobody can make them anew.
  await client.core
    .deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: POD_GRACE_S })
    .catch(demandAbsent);
  await waitFor({
    what: `namespace ${namespace} to be gone`,
    timeoutMs: options.timeoutMs,
    intervalMs: 500,
    signal: options.signal,
    probe: async () => {
      try {
        const { status } = await client.core.readNamespace({ name: namespace });
        const left = status?.conditions?.find(
          ({ type, status }) => /Remaining/.test(type) && status === "True",
        );
        return { done: false, seen: left?.message ?? status?.phase ?? "still there" };
      } catch (thrown) {
        demandAbsent(thrown);
        return { done: true, value: undefined };
      }
    },
  });
}
