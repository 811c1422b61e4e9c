import { delivery, killGateway, recoversWithin, scenario, seconds } from "../harness/index.js";

/** Every gateway's process dies at once and restarts in place: no address leaves DNS for longer than that takes. */
export default scenario({
  name: "gateway-restart-all",
  description: "The containers of all three gateways are killed at once and restart in place.",
  tags: ["release"],
  faults: [{ at: seconds(10), fault: killGateway({ how: "sigkill", pick: "all" }) }],
  load: seconds(75),
  invariants: [...delivery({ explained: 0.4 }), recoversWithin(seconds(60))],
});
