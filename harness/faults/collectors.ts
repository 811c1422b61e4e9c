/** The collector pods of one tier as the API shows them at a moment, and the choice of those to strike. */
import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { isReady, restartsOf } from "../cluster/pod-trouble.js";
import { HarnessError } from "../model/errors.js";
import type { FaultTarget } from "../model/history.js";
import type { Random } from "../model/random.js";
import type { FaultContext } from "./fault.js";

export type CollectorTier = "gateway" | "agent";

/** How a container ended. */
export interface ContainerEnd {
  readonly exitCode: number;
  /** As the kubelet words it: `Completed`, `Error`, `OOMKilled`. */
  readonly reason: string;
}

export interface CollectorState extends FaultTarget {
  readonly node: string;
  readonly ready: boolean;
  /** Deletion was asked for. */
  readonly terminating: boolean;
  /** Hash of the pod template that it was made from. */
  readonly template: string;
  /** Since when its container runs, Unix ms; null while it does not. */
  readonly runningSinceMs: number | null;
  /** Why its container does not run, as the kubelet words it; empty when it does. */
  readonly waiting: string;
  readonly restarts: number;
  /** How its container ended last; null while it never did. */
  readonly lastEnd: ContainerEnd | null;
}

/** All pods of a tier, those on their way out too. */
export async function collectors(
  { client, namespace }: Pick<FaultContext, "client" | "namespace">,
  tier: CollectorTier,
): Promise<CollectorState[]> {
  const labelSelector = `app=otel-${tier}`;
  const { items } = await client.core.listNamespacedPod({ namespace, labelSelector });
  return items.map(stateOf);
}

/** Of a Deployment's pods, and of a DaemonSet's. */
const TEMPLATE_LABELS = ["pod-template-hash", "controller-revision-hash"];

const containerOf = (pod: V1Pod): V1ContainerStatus | undefined =>
  pod.status?.containerStatuses?.[0];

const stateOf = (pod: V1Pod): CollectorState => ({
  kind: "pod",
  name: pod.metadata?.name ?? "",
  uid: pod.metadata?.uid ?? "",
  ip: pod.status?.podIP ?? "",
  node: pod.spec?.nodeName ?? "",
  ready: isReady(pod),
  terminating: pod.metadata?.deletionTimestamp !== undefined,
  template: TEMPLATE_LABELS.map((label) => pod.metadata?.labels?.[label] ?? "").join(""),
  runningSinceMs: containerOf(pod)?.state?.running?.startedAt?.getTime() ?? null,
  waiting: containerOf(pod)?.state?.waiting?.reason ?? "",
  restarts: restartsOf(pod),
  lastEnd: lastEndOf(pod),
});

function lastEndOf(pod: V1Pod): ContainerEnd | null {
  const { state, lastState } = containerOf(pod) ?? {};
  const ended = state?.terminated ?? lastState?.terminated;
  return ended === undefined ? null : { exitCode: ended.exitCode, reason: ended.reason ?? "" };
}

/** What a fault's record says of a pod that it struck. */
export const targetOf = ({ kind, name, uid, ip }: FaultTarget): FaultTarget => ({
  kind,
  name,
  uid,
  ip,
});

/** `gw-1 (UID u1), gw-2 (UID u2)`. */
export const named = (pods: readonly Pick<FaultTarget, "name" | "uid">[]): string =>
  pods.map(({ name, uid }) => `${name} (UID ${uid})`).join(", ");

/**
 * Those to strike of the ready pods of a tier: a choice of the seed, independent of the order in which the API lists
 * pods. HarnessError when there are fewer than it must strike.
 */
export function pickTargets<T extends FaultTarget>(
  ready: readonly T[],
  pick: "one" | "two" | "all",
  random: Random,
  tier: CollectorTier = "gateway",
): T[] {
  const count = pick === "all" ? ready.length : pick === "two" ? 2 : 1;
  if (ready.length === 0 || ready.length < count) {
    throw new HarnessError(
      `the fault needs ${String(Math.max(1, count))} ready ${tier}s, there are ${String(ready.length)}`,
    );
  }
  const left = [...ready].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Array.from({ length: count }, () => {
    const target = random.pick(left);
    left.splice(left.indexOf(target), 1);
    return target;
  });
}
