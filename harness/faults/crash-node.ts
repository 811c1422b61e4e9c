/** Cuts the power of a worker and switches it on again: all processes die, disks stay. */
import type { CrashNode } from "../model/node-faults.js";
import type { Fault } from "./fault.js";
import { nodeOutage } from "./node-outage.js";

/** A fault of kind `crash-node`. */
export const crashNodeFault = ({ outage }: CrashNode): Fault =>
  nodeOutage({ strike: "kill", outage });
