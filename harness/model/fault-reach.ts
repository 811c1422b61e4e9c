/** How far each fault reaches: what a borrowed cluster allows is only what stays inside one namespace. */
import { describeFault, type FaultKind, type FaultSpec } from "./fault.js";
import type { Scenario } from "./scenario.js";

const NODE_PROCESS = "acts on a process of a node";
const PACKETS = "changes the packet rules of nodes";
const WHOLE_DNS = "takes DNS from the whole cluster";

/** What a fault does outside the namespace of the run; null for one that stays inside. */
const OUTSIDE: { readonly [K in FaultKind]: string | null } = {
  "kill-gateway": null,
  "kill-agent": null,
  "terminate-gateway": null,
  rollout: null,
  "min-replicas": null,
  "load-surge": null,
  backend: null,
  "drain-node": "cordons a node",
  "crash-node": "cuts the power of a node",
  "freeze-node": "freezes a node",
  "freeze-gateway": NODE_PROCESS,
  "memory-pressure": NODE_PROCESS,
  "fill-queue-volume": PACKETS,
  partition: PACKETS,
  "slow-network": PACKETS,
  "kill-observer": NODE_PROCESS,
  "dns-outage": WHOLE_DNS,
  "dns-stale": "changes the DNS of the whole cluster",
  "control-plane-outage": "stops the API server",
};

/** What the fault does outside the run's namespace; null when it does nothing there. */
export const outsideReach = (fault: FaultSpec): string | null =>
  "how" in fault && fault.how === "sigkill" ? NODE_PROCESS : OUTSIDE[fault.kind];

/** Why a scenario cannot be run inside one namespace; null when it can. What it may draw counts too. */
export function reasonOutside({
  faults,
  draws = [],
}: Pick<Scenario, "faults" | "draws">): string | null {
  for (const { fault } of [...faults, ...draws]) {
    const what = outsideReach(fault);
    if (what !== null) return `its fault ${describeFault(fault)} ${what}`;
  }
  return null;
}
