/** When faults cut nodes or gateways off, by the faults' own record: it dates what the topology shows late. */
import type { FaultEvent } from "../model/history.js";
import type { FaultSpec } from "../model/fault.js";

export interface Outage {
  /**
   * `killed`: every process of the nodes ended. `frozen`: they live, and time stands still for them. `cut-off`: they
   * live, and agents do not reach the gateways among them, or reach them late.
   */
  readonly kind: "killed" | "frozen" | "cut-off";
  /** Names of the nodes, and UIDs of the pods, that it struck. */
  readonly nodes: readonly string[];
  readonly uids: readonly string[];
  /** It began within [fromMs, struckMs], and was seen to be over at toMs; Infinity when it never was. */
  readonly fromMs: number;
  readonly struckMs: number;
  readonly toMs: number;
}

/** The outages among the faults that struck, in order of time. */
export function outagesIn(
  events: readonly Pick<FaultEvent, "atMs" | "fault" | "spec" | "step" | "targets">[],
): Outage[] {
  const struck = events.filter(({ step }) => step === "injected");
  return struck.flatMap(({ atMs, fault, spec, targets }) => {
    const kind = kindOf(spec);
    if (kind === undefined) return [];
    const own = events.filter((event) => event.fault === fault);
    const began = own.find(({ step }) => step === "injecting")?.atMs ?? atMs;
    const healed = own.find(({ step }) => step === "healed")?.atMs ?? Infinity;
    const of = (wanted: "node" | "pod") => targets.filter((target) => target.kind === wanted);
    const nodes = of("node").map(({ name }) => name);
    // What runs on a node that was struck is known by the node.
    const uids = nodes.length > 0 ? [] : of("pod").map(({ uid }) => uid);
    return [{ kind, nodes, uids, fromMs: began, struckMs: atMs, toMs: healed }];
  });
}

/** A gateway whose queue had no room within [fromMs, toMs]. */
export interface FullQueue {
  readonly uid: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The gateways whose queue a fault left no room, and when. */
export function fullQueuesIn(events: Parameters<typeof outagesIn>[0]): FullQueue[] {
  return events.flatMap(({ step, spec, fault, targets }) => {
    if (step !== "injected" || spec.kind !== "fill-queue-volume") return [];
    const own = events.filter((event) => event.fault === fault);
    const fromMs = own.find((event) => event.step === "injecting")?.atMs ?? -Infinity;
    const toMs = own.find((event) => event.step === "healed")?.atMs ?? Infinity;
    return targets.map(({ uid }) => ({ uid, fromMs, toMs }));
  });
}

/** Undefined for faults that leave the way from agents to gateways as it is, or end pods that the watch sees end. */
function kindOf(spec: FaultSpec): Outage["kind"] | undefined {
  if (spec.kind === "crash-node") return "killed";
  if (spec.kind === "freeze-node") return "frozen";
  if (spec.kind === "partition") {
    return spec.between === "gateway-and-backends" ? undefined : "cut-off";
  }
  if (spec.kind === "memory-pressure") return spec.over === "limiter" ? "cut-off" : undefined;
  const cutOff = ["freeze-gateway", "slow-network"].includes(spec.kind);
  return cutOff ? "cut-off" : undefined;
}

/** The outage that a pod was in at a time. */
export const outageOf = (
  outages: readonly Outage[],
  { uid, node }: { readonly uid: string; readonly node: string },
  atMs: number,
): Outage | undefined =>
  outages.find(
    ({ nodes, uids, fromMs, toMs }) =>
      (nodes.includes(node) || uids.includes(uid)) && fromMs <= atMs && atMs <= toMs,
  );
