/** Faults by their description. */
import type { FaultKind, FaultSpec } from "../model/fault.js";
import type { Fault } from "./fault.js";
import { killGatewayFault } from "./kill-gateway.js";

export type { Fault, FaultContext } from "./fault.js";

/** How each kind of fault is made from its description. */
const FAULTS: { readonly [K in FaultKind]: (spec: Extract<FaultSpec, { kind: K }>) => Fault } = {
  "kill-gateway": killGatewayFault,
};

/** The fault that a scenario asks for. */
export const faultOf = (spec: FaultSpec): Fault => FAULTS[spec.kind](spec);
