/** Faults that strike pods and their controllers, as data. harness/faults holds how each is done. */

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
  readonly pick: "one" | "two" | "all";
}

export type PodFault = KillGateway;

/** Kill gateway pods. */
export const killGateway = (options: Omit<KillGateway, "kind">): KillGateway => ({
  kind: "kill-gateway",
  ...options,
});
