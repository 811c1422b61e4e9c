import {
  delivery,
  killGateway,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** Two of three gateways die at once: the third owns every trace until the others are replaced. */
export default scenario({
  name: "gateway-kill-two",
  description: "Two of three gateways are force-deleted at once under load.",
  tags: ["release"],
  faults: [{ at: seconds(10), fault: killGateway({ how: "force-delete", pick: "two" }) }],
  load: seconds(60),
  invariants: [...delivery({ explained: 0.3 }), reResolution(), recoversWithin(seconds(45))],
});
