import { inSequence } from "../../harness/index.js";
import gatewayScaleOut from "../gateway-scale-out.js";
import scaleInDuringOutage from "../scale-in-during-outage.js";

/** Both need an autoscaler that decides within seconds. */
export default inSequence({
  name: "sequence-scaling",
  description: "Gateways are scaled by hand, in an outage of the backends, and then by real load.",
  tags: ["nightly"],
  of: [scaleInDuringOutage, gatewayScaleOut],
});
