import {
  delivery,
  freezeGateway,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** A gateway hangs for less than its probes need to notice: agents must hold what is for it, and deliver it. */
export default scenario({
  name: "gateway-freeze-short",
  description: "The process of a gateway is stopped for 8 s.",
  tags: ["release"],
  faults: [{ at: seconds(10), lasts: seconds(8), fault: freezeGateway({ outage: "unnoticed" }) }],
  load: seconds(60),
  invariants: [...delivery({ explained: "budget" }), reResolution(), recoversWithin(seconds(30))],
});
