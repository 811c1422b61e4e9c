/** Faults that strike nodes, and what runs on one or between two of them, as data. harness/faults holds how. */

/** Cordons workers and evicts the gateways there through the Eviction API, so the disruption budget binds it. */
export interface DrainNode {
  readonly kind: "drain-node";
  /** `two`: both at once, which the budget of three gateways must refuse at first. */
  readonly pick: "one" | "two";
}

/** Cuts the power of a worker that runs a gateway; started again when the fault heals. */
export interface CrashNode {
  readonly kind: "crash-node";
  /**
   * `unnoticed`: started again before the cluster takes its node for lost (50 s without a heartbeat).
   * `noticed`: the proof demands that the node was seen not ready; so let it last for 75 s or more.
   */
  readonly outage: "unnoticed" | "noticed";
}

/** Freezes a worker that runs a gateway with all its processes; their memory stays, and time stands still in it. */
export interface FreezeNode {
  readonly kind: "freeze-node";
  /** As for crash-node. */
  readonly outage: "unnoticed" | "noticed";
}

/** Stops the process of a gateway by SIGSTOP: its sockets accept, nobody answers. */
export interface FreezeGateway {
  readonly kind: "freeze-gateway";
  /**
   * `unnoticed`: continued before its readiness probe has failed three times (15 s).
   * `noticed`: the proof demands that it was seen not ready; let it last for 20 to 28 s, for after three failed
   * liveness probes (30 s) the kubelet ends it.
   */
  readonly outage: "unnoticed" | "noticed";
}

/** Drops packets on a worker; nobody is told. */
export interface Partition {
  readonly kind: "partition";
  /** One gateway and all backends; all agents and one gateway; the pods of one worker and those of another. */
  readonly between: "gateway-and-backends" | "agents-and-gateway" | "two-nodes";
  /** `there`: only what the first sends to the second is lost, and `back` the other way round. */
  readonly way: "both" | "there" | "back";
}

/** Makes the network in front of one gateway bad. */
export type SlowNetwork = { readonly kind: "slow-network" } & SlowNetworkHow;
type SlowNetworkHow =
  | { readonly how: "loss"; /** Of packets, 0 to 1. */ readonly share: number }
  | { readonly how: "bandwidth"; readonly kbitPerSecond: number }
  | { readonly how: "delay"; readonly delayMs: number };

/** Makes one gateway hold memory that it cannot free, until the fault heals. */
export interface MemoryPressure {
  readonly kind: "memory-pressure";
  /** Over the limiter of its configuration, which refuses, or over its container's limit, which kills. */
  readonly over: "limiter" | "container-limit";
  readonly mib: number;
}

/**
 * Fills the volume of one gateway's persistent queue, and keeps the gateway from its backends, so that it needs the
 * room; for deployments whose queue has a small volume.
 */
export interface FillQueueVolume {
  readonly kind: "fill-queue-volume";
}

export type NodeFault =
  | DrainNode
  | CrashNode
  | FreezeNode
  | FreezeGateway
  | Partition
  | SlowNetwork
  | MemoryPressure
  | FillQueueVolume;

/** Drain workers, of which each has a gateway. */
export const drainNode = (options: Omit<DrainNode, "kind">): DrainNode => ({
  kind: "drain-node",
  ...options,
});
/** Kill a worker's container; `lasts` says how long it is away. */
export const crashNode = (options: Omit<CrashNode, "kind">): CrashNode => ({
  kind: "crash-node",
  ...options,
});
/** Pause a worker's container for as long as the fault lasts. */
export const freezeNode = (options: Omit<FreezeNode, "kind">): FreezeNode => ({
  kind: "freeze-node",
  ...options,
});
/** Stop a gateway's process for as long as the fault lasts. */
export const freezeGateway = (options: Omit<FreezeGateway, "kind">): FreezeGateway => ({
  kind: "freeze-gateway",
  ...options,
});
/** Part two sides for as long as the fault lasts. */
export const partition = (options: Omit<Partition, "kind">): Partition => ({
  kind: "partition",
  ...options,
});
/** Lose, throttle or delay what goes to one gateway for as long as the fault lasts. */
export const slowNetwork = (options: SlowNetworkHow): SlowNetwork => ({
  kind: "slow-network",
  ...options,
});
/** Press a gateway's memory for as long as the fault lasts. */
export const memoryPressure = (options: Omit<MemoryPressure, "kind">): MemoryPressure => ({
  kind: "memory-pressure",
  ...options,
});
/** Leave a gateway's queue no room for as long as the fault lasts. */
export const fillQueueVolume = (): FillQueueVolume => ({ kind: "fill-queue-volume" });
