/** Faults of what the deployment leans on (backends, DNS, the control plane) and of the observers, as data. */
import { behaviourTrouble, Behaviour, type FaultBehaviour } from "./behaviour.js";
import { UsageError } from "./errors.js";
import { BACKENDS, type BackendName } from "./signal.js";

/** One or more backends behave otherwise until the fault is healed. */
export interface BackendFault {
  readonly kind: "backend";
  readonly backends: readonly BackendName[];
  readonly behaviour: FaultBehaviour;
}

/** The process of an observer is killed and restarts in place: a fault of the harness itself. */
export interface KillObserver {
  readonly kind: "kill-observer";
  readonly observer: "generator" | BackendName;
}

/** CoreDNS is scaled to no pod: no name of the cluster resolves until the fault is healed. */
export interface DnsOutage {
  readonly kind: "dns-outage";
}

/** DNS goes on answering with the gateways that there are when the fault strikes, until it is healed. */
export interface DnsStale {
  readonly kind: "dns-stale";
}

/** The API server is stopped until the fault is healed: nothing of the cluster can change, what runs runs on. */
export interface ControlPlaneOutage {
  readonly kind: "control-plane-outage";
}

export type ServiceFault = BackendFault | KillObserver | DnsOutage | DnsStale | ControlPlaneOutage;

/**
 * Backends, all three unless named, are down, silent, slow, refusing, rejecting or resetting (model/behaviour.ts).
 * UsageError for settings that no backend takes.
 */
export function troubleBackends(
  behaviour: FaultBehaviour,
  backends: readonly BackendName[] = BACKENDS,
): BackendFault {
  const trouble = behaviourTrouble(behaviour, Behaviour);
  if (trouble !== undefined) throw new UsageError(`fault of backends: ${trouble}`);
  if (backends.length === 0) throw new UsageError("fault of backends: name at least one backend");
  return { kind: "backend", backends, behaviour };
}

/** Kill an observer's process: the run's record is then not whole. */
export const killObserver = (observer: KillObserver["observer"]): KillObserver => ({
  kind: "kill-observer",
  observer,
});

/** Take DNS away from the whole cluster. */
export const dnsOutage = (): DnsOutage => ({ kind: "dns-outage" });

/** Freeze what DNS says of the gateways. */
export const dnsStale = (): DnsStale => ({ kind: "dns-stale" });

/** Stop the API server. */
export const controlPlaneOutage = (): ControlPlaneOutage => ({ kind: "control-plane-outage" });
