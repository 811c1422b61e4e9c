import { delivery, freezeGateway, recoversWithin, scenario, seconds } from "../harness/index.js";

/** A gateway hangs until it is not ready: it leaves DNS alive, and agents drop what they hold for it. */
export default scenario({
  name: "gateway-freeze-long",
  description:
    "The process of a gateway is stopped for 24 s; its address leaves DNS and comes back.",
  tags: ["release"],
  faults: [{ at: seconds(10), lasts: seconds(24), fault: freezeGateway({ outage: "noticed" }) }],
  load: seconds(75),
  invariants: [...delivery({ explained: "budget" }), recoversWithin(seconds(30))],
});
