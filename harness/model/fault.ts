/** Faults as data: what a scenario may ask for. harness/faults holds how each is injected, proven and healed. */

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

export type FaultSpec = KillGateway;
export type FaultKind = FaultSpec["kind"];

/** A fault at a time, counted from the moment when calibration has passed. */
export interface ScheduledFault {
  readonly atMs: number;
  readonly fault: FaultSpec;
}

/** Kill gateway pods. */
export const killGateway = (options: Omit<KillGateway, "kind">): KillGateway => ({
  kind: "kill-gateway",
  ...options,
});

/** One line for the timeline: `kill-gateway (force-delete, one)`. */
export const describeFault = (fault: FaultSpec): string =>
  `${fault.kind} (${fault.how}, ${fault.pick})`;
