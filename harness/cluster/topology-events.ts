/** Kubernetes objects as topology events, and the changes between two states; pure. */
import type { V1EndpointSlice, V1ObjectMeta, V1Pod } from "@kubernetes/client-node";
import type { TopologyEvent } from "../model/history.js";
import { isReady, restartsOf } from "./pod-trouble.js";

/** A state: the facts of an event without its time and kind of change. */
export type TopologyState = Omit<TopologyEvent, "atMs" | "change">;

export interface Listed {
  readonly metadata?: Pick<V1ObjectMeta, "uid" | "resourceVersion" | "managedFields">;
}

/**
 * When the API server changed the object last, in Unix ms, by the second; -Infinity when it does not say. Each
 * field has a manager, whose stamp is renewed with every change (kubernetes.io/docs, "Server-Side Apply").
 */
export const changedMs = ({ metadata }: Listed): number =>
  Math.max(
    ...(metadata?.managedFields ?? []).flatMap(({ time }) =>
      time === undefined ? [] : new Date(time).getTime(),
    ),
  );

const TIER_OF_APP: Record<string, TopologyEvent["tier"]> = {
  "otel-agent": "agent",
  "otel-gateway": "gateway",
};
const SERVICE_LABEL = "kubernetes.io/service-name";
const GATEWAY_POD = /^otel-gateway-/;

/** The state of a pod, under its UID. */
export function podStates(pod: V1Pod): Map<string, TopologyState> {
  const uid = pod.metadata?.uid ?? "";
  const state: TopologyState = {
    source: "pod",
    pod: pod.metadata?.name ?? "",
    uid,
    tier: TIER_OF_APP[pod.metadata?.labels?.["app"] ?? ""] ?? "observer",
    ip: pod.status?.podIP ?? "",
    node: pod.spec?.nodeName ?? "",
    ready: isReady(pod),
    terminating: pod.metadata?.deletionTimestamp !== undefined,
    restarts: restartsOf(pod),
    service: "",
    disruption: disruptionOf(pod),
  };
  return new Map([[uid, state]]);
}

/** Why the cluster takes the pod away, such as EvictionByEvictionAPI or PreemptionByScheduler. */
const disruptionOf = ({ status }: V1Pod): string =>
  status?.conditions?.find(
    (condition) => condition.type === "DisruptionTarget" && condition.status === "True",
  )?.reason ?? "";

/**
 * The states of the gateway endpoints of a slice, under service and pod UID; none for other
 * Services.
 */
export function endpointStates(slice: V1EndpointSlice): Map<string, TopologyState> {
  const service = slice.metadata?.labels?.[SERVICE_LABEL] ?? "";
  const states = new Map<string, TopologyState>();
  // The API sends null for a slice without endpoints, whatever the type says.
  const endpoints = slice.endpoints as V1EndpointSlice["endpoints"] | null | undefined;
  for (const { addresses, conditions, nodeName, targetRef } of endpoints ?? []) {
    const pod = targetRef?.name ?? "";
    if (!GATEWAY_POD.test(pod)) continue;
    const uid = targetRef?.uid ?? "";
    states.set(`${service}/${uid}`, {
      source: "endpoint",
      pod,
      uid,
      tier: "gateway",
      ip: addresses[0] ?? "",
      node: nodeName ?? "",
      ready: conditions?.ready ?? false,
      terminating: conditions?.terminating ?? false,
      restarts: 0,
      service,
      disruption: "",
    });
  }
  return states;
}

/**
 * The events that lead from one state to the next, all at `atMs`. A deletion repeats the last known
 * facts.
 */
export function changesBetween(
  before: ReadonlyMap<string, TopologyState>,
  after: ReadonlyMap<string, TopologyState>,
  atMs: number,
): TopologyEvent[] {
  const events: TopologyEvent[] = [];
  for (const [key, state] of before) {
    if (!after.has(key)) events.push({ ...state, atMs, change: "deleted", ready: false });
  }
  for (const [key, state] of after) {
    const old = before.get(key);
    if (old === undefined) events.push({ ...state, atMs, change: "added" });
    else if (!sameState(old, state)) events.push({ ...state, atMs, change: "modified" });
  }
  return events;
}

const sameState = (a: TopologyState, b: TopologyState): boolean =>
  (Object.keys(a) as (keyof TopologyState)[]).every((key) => a[key] === b[key]);
