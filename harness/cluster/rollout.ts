/**
 * Waits until Deployments and DaemonSets run as they are described; says which pod does not, and
 * why.
 */
import type { V1Pod } from "@kubernetes/client-node";
import { HarnessError } from "../model/errors.js";
import type { Progress } from "../model/progress.js";
import type { ClusterClient } from "./client.js";
import { podTrouble } from "./pod-trouble.js";
import { waitFor, type Look } from "./wait.js";

interface Workload {
  readonly kind: "Deployment" | "DaemonSet";
  readonly name: string;
}

export interface RolloutOptions {
  readonly namespace: string;
  readonly workloads: readonly Workload[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress;
}

/**
 * Resolves when every workload has all its pods, of its newest template, ready. HarnessError at the
 * deadline, and at once when a pod cannot ever start.
 */
export async function waitForRollout(
  client: ClusterClient,
  options: RolloutOptions,
): Promise<void> {
  const { namespace, workloads, timeoutMs, signal, progress } = options;
  const names = workloads.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  await waitFor({
    what: `${names} to be ready`,
    timeoutMs,
    intervalMs: 500,
    signal,
    onLook: (seen) => progress?.status(seen),
    fix: `kubectl --namespace ${namespace} get pods,events`,
    probe: async () => {
      for (const workload of workloads) {
        const look = await lookAt(client, namespace, workload);
        if (!look.done) return look;
      }
      return { done: true, value: undefined };
    },
  });
}

async function lookAt(
  client: ClusterClient,
  namespace: string,
  { kind, name }: Workload,
): Promise<Look<undefined>> {
  const { ready, wanted, settled, selector } = await counts(client, namespace, { kind, name });
  if (settled && ready >= wanted) return { done: true, value: undefined };
  const seen = `${kind} ${name}: ${String(ready)} of ${String(wanted)} pods ready`;
  const { items } = await client.core.listNamespacedPod({ namespace, labelSelector: selector });
  const why = await explain(client, namespace, { kind, name }, items);
  return { done: false, seen: why === undefined ? seen : `${seen}; ${why}` };
}

interface Counts {
  readonly ready: number;
  readonly wanted: number;
  /** The controller has seen the newest template and replaced every older pod. */
  readonly settled: boolean;
  readonly selector: string;
}

async function counts(
  client: ClusterClient,
  namespace: string,
  { kind, name }: Workload,
): Promise<Counts> {
  if (kind === "Deployment") {
    const { metadata, spec, status } = await client.apps.readNamespacedDeployment({
      name,
      namespace,
    });
    const wanted = spec?.replicas ?? 1;
    const settled =
      (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
      (status?.updatedReplicas ?? 0) === wanted &&
      (status?.replicas ?? 0) === wanted;
    return {
      ready: status?.readyReplicas ?? 0,
      wanted,
      settled,
      selector: selectorOf(spec?.selector.matchLabels),
    };
  }
  const { metadata, spec, status } = await client.apps.readNamespacedDaemonSet({ name, namespace });
  const wanted = status?.desiredNumberScheduled ?? 0;
  const settled =
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
    wanted > 0 &&
    (status?.updatedNumberScheduled ?? 0) === wanted;
  return {
    ready: status?.numberReady ?? 0,
    wanted,
    settled,
    selector: selectorOf(spec?.selector.matchLabels),
  };
}

const selectorOf = (labels: Record<string, string> = {}): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

/** What keeps the pods; without any pod, what the controller said about making one. */
async function explain(
  client: ClusterClient,
  namespace: string,
  workload: Workload,
  pods: readonly V1Pod[],
): Promise<string | undefined> {
  if (pods.length === 0) return lastWarning(client, namespace, workload.name);
  const troubles = pods.flatMap((pod) => {
    const trouble = podTrouble(pod);
    return trouble === undefined ? [] : [{ pod: pod.metadata?.name ?? "", trouble }];
  });
  const worst = troubles.find(({ trouble }) => trouble.hopeless) ?? troubles[0];
  if (worst === undefined) return undefined;
  const { pod, trouble } = worst;
  const more = trouble.hopeless
    ? undefined
    : trouble.logOf === undefined
      ? await lastWarning(client, namespace, pod)
      : await lastLogLine(client, namespace, pod, trouble.logOf);
  const line = more === undefined ? trouble.line : `${trouble.line}: ${more}`;
  if (trouble.hopeless) {
    const fix = `mend its image or references: kubectl --namespace ${namespace} describe pod ${pod}`;
    throw new HarnessError(line, { fix });
  }
  return line;
}

async function lastWarning(
  client: ClusterClient,
  namespace: string,
  name: string,
): Promise<string | undefined> {
  const { items } = await client.core.listNamespacedEvent({
    namespace,
    fieldSelector: "type=Warning",
  });
  const about = items.filter(({ involvedObject }) => involvedObject.name === name);
  return about.at(-1)?.message?.replace(/\s+/g, " ").trim();
}

async function lastLogLine(
  client: ClusterClient,
  namespace: string,
  name: string,
  { container, previous }: { container: string; previous: boolean },
): Promise<string | undefined> {
  try {
    const log = await client.core.readNamespacedPodLog({
      name,
      namespace,
      container,
      previous,
      tailLines: 1,
    });
    return log === "" ? undefined : `last log line: ${log.trim().slice(-300)}`;
  } catch {
    return undefined;
  }
}
