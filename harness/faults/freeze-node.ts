/** Freezes a worker: nothing dies, no heartbeat comes, connections to it hang. */
import type { FreezeNode } from "../model/node-faults.js";
import type { Fault } from "./fault.js";
import { nodeOutage } from "./node-outage.js";

/** A fault of kind `freeze-node`. */
export const freezeNodeFault = ({ outage }: FreezeNode): Fault =>
  nodeOutage({ strike: "pause", outage });
