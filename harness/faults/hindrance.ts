/** What may be done to the way to one gateway: each kind of a slow network is one. */
import type { Look } from "../cluster/wait.js";
import type { CollectorState } from "./collectors.js";
import type { FaultContext } from "./fault.js";

export interface Hindrance {
  /** HarnessError when it cannot be put there; then it may be there half. */
  put(context: FaultContext, gateway: CollectorState): Promise<void>;
  /** Whether it shows that what goes to the gateway is hindered. */
  look(context: FaultContext, gateway: CollectorState): Promise<Look<string>>;
  /** Takes away what is there of it, and resolves with what shows that nothing is left. */
  remove(context: FaultContext, gateway: CollectorState): Promise<string>;
}
