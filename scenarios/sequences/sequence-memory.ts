import { inSequence } from "../../harness/index.js";
import gatewayMemoryLimiter from "../gateway-memory-limiter.js";
import gatewayOutOfMemory from "../gateway-out-of-memory.js";

/** Both need gateways with little memory. */
export default inSequence({
  name: "sequence-memory",
  description: "A gateway goes over its memory limiter, then over its container's limit.",
  tags: ["nightly"],
  of: [gatewayMemoryLimiter, gatewayOutOfMemory],
});
