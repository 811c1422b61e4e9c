import { inSequence } from "../../harness/index.js";
import gatewayFreezeShort from "../gateway-freeze-short.js";
import gatewayFreezeLong from "../gateway-freeze-long.js";
import partitionAgentsGateway from "../partition-agents-gateway.js";
import partitionOneWay from "../partition-one-way.js";
import partitionGatewayBackends from "../partition-gateway-backends.js";
import partitionNodes from "../partition-nodes.js";
import slowNetworkLoss from "../slow-network-loss.js";
import slowNetworkBandwidth from "../slow-network-bandwidth.js";
import slowNetworkDelay from "../slow-network-delay.js";

/** What hurts connections and kills nobody. */
export default inSequence({
  name: "sequence-network",
  description: "Gateways freeze, and networks part, lose, throttle and delay, one after another.",
  tags: ["nightly"],
  of: [
    gatewayFreezeShort,
    gatewayFreezeLong,
    partitionAgentsGateway,
    partitionOneWay,
    partitionGatewayBackends,
    partitionNodes,
    slowNetworkLoss,
    slowNetworkBandwidth,
    slowNetworkDelay,
  ],
});
