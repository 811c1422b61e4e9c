import { delivery, killGateway, scenario, seconds } from "../harness/index.js";

/** A gateway's process dies and restarts in place: its memory is lost, its address and its queue's disk are not. */
export default scenario({
  name: "gateway-restart",
  description: "The container of one of three gateways is killed under load and restarts in place.",
  tags: ["release"],
  audit: true,
  faults: [{ at: seconds(10), fault: killGateway({ how: "sigkill", pick: "one" }) }],
  load: seconds(60),
  invariants: [...delivery({ explained: "budget" })],
});
