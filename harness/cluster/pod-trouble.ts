/** Why a pod is not ready, in one line, and whether waiting can help. */
import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";

export interface PodTrouble {
  /** `pod tempo-7f, container backend: CrashLoopBackOff, last exit 1 (Error), 3 restarts`. */
  readonly line: string;
  /** True when no amount of waiting mends it: what was asked for cannot exist. */
  readonly hopeless: boolean;
  /** The container whose log tells why it ended; undefined when none has. */
  readonly logOf?: { readonly container: string; readonly previous: boolean };
}

/** A back-off means that a pull has failed before: the nodes have every image, and reach no registry. */
const HOPELESS = [
  "ErrImageNeverPull",
  "ImagePullBackOff",
  "InvalidImageName",
  "CreateContainerConfigError",
];
const PULL_FAILED = ["ErrImagePull", "ImagePullBackOff"];

/** The first thing that keeps a pod from being ready; undefined for a ready pod. */
export function podTrouble(pod: V1Pod): PodTrouble | undefined {
  if (isReady(pod)) return undefined;
  const name = `pod ${pod.metadata?.name ?? "?"}`;
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  const troubled = statuses.find((status) => !status.ready && status.state?.running === undefined);
  if (troubled !== undefined) return containerTrouble(name, troubled);
  const unready = statuses.find((status) => !status.ready);
  if (unready !== undefined) {
    const line = `${name}, container ${unready.name}: running, not ready${afterwards(unready)}`;
    return { line, hopeless: false };
  }
  const failed = pod.status?.conditions?.find(({ status }) => status === "False");
  const reason = failed?.message ?? failed?.reason ?? pod.status?.reason ?? "no container yet";
  return { line: `${name}: ${pod.status?.phase ?? "unknown"}, ${reason}`, hopeless: false };
}

/** Ready, and not on its way out. */
export const isReady = (pod: V1Pod): boolean =>
  pod.metadata?.deletionTimestamp === undefined &&
  pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ===
    true;

/** Restarts of all containers of a pod. */
export const restartsOf = (pod: V1Pod): number =>
  (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + status.restartCount, 0);

function containerTrouble(pod: string, status: V1ContainerStatus): PodTrouble {
  const waiting = status.state?.waiting;
  const terminated = status.state?.terminated;
  const reason = waiting?.reason ?? terminated?.reason ?? "not started";
  const detail = detailOf(reason, status);
  const line = `${pod}, container ${status.name}: ${reason}${detail}${afterwards(status)}`;
  const hopeless = HOPELESS.includes(reason);
  const hasRun = terminated !== undefined || status.restartCount > 0;
  return hasRun
    ? { line, hopeless, logOf: { container: status.name, previous: terminated === undefined } }
    : { line, hopeless };
}

/** What the reason leaves open, without the names that the line has already. */
function detailOf(reason: string, { image, state }: V1ContainerStatus): string {
  const message = state?.waiting?.message;
  // A failed pull is told by every layer that it went through: the last says why.
  const cause = message?.split(": ").at(-1);
  if (PULL_FAILED.includes(reason)) return `, image ${image} cannot be pulled (${cause ?? "?"})`;
  return message === undefined || reason === "CrashLoopBackOff" ? "" : ` (${message})`;
}

function afterwards({ restartCount, lastState, state }: V1ContainerStatus): string {
  const ended = state?.terminated ?? lastState?.terminated;
  const exit =
    ended === undefined ? "" : `, last exit ${String(ended.exitCode)} (${ended.reason ?? "?"})`;
  return restartCount === 0 ? exit : `${exit}, ${String(restartCount)} restarts`;
}
