import { inSequence } from "../../harness/index.js";
import nodeDrain from "../node-drain.js";
import nodeDrainTwo from "../node-drain-two.js";
import drainDuringRollout from "../drain-during-rollout.js";
import nodeCrashShort from "../node-crash-short.js";
import nodeFreeze from "../node-freeze.js";
import nodeCrashLong from "../node-crash-long.js";

/** Nodes last: what they leave behind, gateways that crowd on the others, the next one has to bear. */
export default inSequence({
  name: "sequence-nodes",
  description: "Workers are drained, crash and freeze, one after another.",
  tags: ["nightly"],
  of: [nodeDrain, nodeDrainTwo, drainDuringRollout, nodeCrashShort, nodeFreeze, nodeCrashLong],
});
