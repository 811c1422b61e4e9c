/** Faults by their description. */
import type { FaultKind, FaultSpec } from "../model/fault.js";
import type { Fault } from "./fault.js";
import { killAgentFault, killGatewayFault } from "./kill-collectors.js";
import { rolloutFault } from "./rollout.js";
import { terminateGatewayFault } from "./terminate-gateway.js";

export type { Fault, FaultContext } from "./fault.js";

/** How each kind of fault is made from its description. */
const FAULTS: { readonly [K in FaultKind]: (spec: Extract<FaultSpec, { kind: K }>) => Fault } = {
  "kill-agent": killAgentFault,
  "kill-gateway": killGatewayFault,
  rollout: rolloutFault,
  "terminate-gateway": terminateGatewayFault,
};

/** The fault that a scenario asks for; the table pairs each kind with its own description. */
export const faultOf = (spec: FaultSpec): Fault =>
  (FAULTS[spec.kind] as (spec: FaultSpec) => Fault)(spec);
