/** Faults by their description. */
import type { FaultKind, FaultSpec } from "../model/fault.js";
import type { Fault } from "./fault.js";
import { killGatewayFault } from "./kill-gateway.js";

export type { Fault, FaultContext } from "./fault.js";

const FAULTS = { "kill-gateway": killGatewayFault } satisfies Record<FaultKind, unknown>;

/** The fault that a scenario asks for. */
export const faultOf = (spec: FaultSpec): Fault => FAULTS[spec.kind](spec);
