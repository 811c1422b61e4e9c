import { inSequence } from "../../harness/index.js";
import gatewayKillTwo from "../gateway-kill-two.js";
import gatewayKillAll from "../gateway-kill-all.js";
import gatewayKillTwice from "../gateway-kill-twice.js";
import gatewayRestart from "../gateway-restart.js";
import gatewayRestartAll from "../gateway-restart-all.js";
import gatewayTerminate from "../gateway-terminate.js";
import gatewayTerminateAll from "../gateway-terminate-all.js";
import gatewayRollout from "../gateway-rollout.js";
import gatewayRolloutBrokenImage from "../gateway-rollout-broken-image.js";
import gatewayRolloutUnready from "../gateway-rollout-unready.js";
import agentKill from "../agent-kill.js";
import agentRestart from "../agent-restart.js";
import agentRollout from "../agent-rollout.js";

/** Whatever takes a collector away or brings one, each with the time that it has alone. */
export default inSequence({
  name: "sequence-gateways",
  description: "Gateways are killed, deleted and rolled out, and agents too, one after another.",
  tags: ["nightly"],
  of: [
    gatewayKillTwo,
    gatewayKillAll,
    gatewayKillTwice,
    gatewayRestart,
    gatewayRestartAll,
    gatewayTerminate,
    gatewayTerminateAll,
    gatewayRollout,
    gatewayRolloutBrokenImage,
    gatewayRolloutUnready,
    agentKill,
    agentRestart,
    agentRollout,
  ],
});
