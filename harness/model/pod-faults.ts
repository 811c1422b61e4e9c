/** Faults that strike pods and their controllers, as data. harness/faults holds how each is done. */

/** How many of the ready pods of a tier; the seed says which. */
export type Pick = "one" | "two" | "all";

/** Ends gateway pods without warning. */
export interface KillGateway {
  readonly kind: "kill-gateway";
  /**
   * `force-delete`: the pod is deleted with grace 0 (its emptyDir goes with it).
   * `sigkill`: the collector's process gets SIGKILL; the kubelet starts the container again in the same pod, which
   * keeps its address and its emptyDir.
   * `dry-run`: the same request with the API's dry-run flag, which kills nothing: a control of the proof.
   */
  readonly how: "force-delete" | "sigkill" | "dry-run";
  readonly pick: Pick;
}

/** Deletes gateway pods with their own grace period: SIGTERM, and time to end. */
export interface TerminateGateway {
  readonly kind: "terminate-gateway";
  readonly pick: Pick;
}

/** Ends agent pods without warning, as KillGateway does: another agent takes the node's ports when it is there. */
export interface KillAgent {
  readonly kind: "kill-agent";
  readonly how: "force-delete" | "sigkill";
  readonly pick: Pick;
}

/** Rolls all pods of a tier over to a new template; healing puts the old template back. */
export interface Rollout {
  readonly kind: "rollout";
  readonly tier: "gateway" | "agent";
  /**
   * `restart`: the same template anew, as `kubectl rollout restart` does; ends by itself.
   * `broken-image`: an image that no node has and nobody can pull.
   * `unready-config`: a configuration whose health check answers nobody, so that no new pod ever gets ready.
   */
  readonly to: "restart" | "broken-image" | "unready-config";
}

/**
 * Sets the minimum of the gateways' autoscaler by hand, above what is there (`raisedMinimum`); healing puts the old one
 * back.
 */
export interface MinReplicas {
  readonly kind: "min-replicas";
  /** The minimum; where so many gateways are there already, two more than those. */
  readonly value: number;
  /** What must be seen beside the gateways that come: that the autoscaler takes as many away after the healing. */
  readonly shows?: "scale-in";
}

/** Sends more traces beside the scenario's own load, planned from the seed too; healing ends them. */
export interface LoadSurge {
  readonly kind: "load-surge";
  readonly tracesPerSecond: number;
  /** Into a single agent, which the run's seed picks; into all when absent. */
  readonly into?: "one-agent";
  /** What must be seen of it: more gateways, or an agent that the kernel ended because it ran out of memory. */
  readonly shows: "scale-out" | "oom-kill";
}

export type PodFault =
  KillGateway | TerminateGateway | KillAgent | Rollout | MinReplicas | LoadSurge;

/** Kill gateway pods. */
export const killGateway = (options: Omit<KillGateway, "kind">): KillGateway => ({
  kind: "kill-gateway",
  ...options,
});

/** Delete gateway pods and let them end in their own time. */
export const terminateGateway = (options: Omit<TerminateGateway, "kind">): TerminateGateway => ({
  kind: "terminate-gateway",
  ...options,
});

/** Kill agent pods. */
export const killAgent = (options: Omit<KillAgent, "kind">): KillAgent => ({
  kind: "kill-agent",
  ...options,
});

/** Roll a tier over to a new template. One that never gets ready lasts until the fault is healed: give it `lasts`. */
export const rollout = (options: Omit<Rollout, "kind">): Rollout => ({
  kind: "rollout",
  ...options,
});

/** The minimum that is set where `there` gateways are: an autoscaler may have brought more than the value by itself. */
export const raisedMinimum = ({ value }: MinReplicas, there: number): number =>
  there < value ? value : there + 2;

/** Raise the autoscaler's minimum for as long as the fault lasts. */
export const minReplicas = (
  value: number,
  options: { readonly shows?: "scale-in" } = {},
): MinReplicas => ({ kind: "min-replicas", value, ...options });

/** Send more traces for as long as the fault lasts, each with as many spans as the scenario's own. */
export const loadSurge = (options: Omit<LoadSurge, "kind">): LoadSurge => ({
  kind: "load-surge",
  ...options,
});
