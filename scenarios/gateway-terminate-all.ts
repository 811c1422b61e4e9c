import {
  delivery,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
  terminateGateway,
} from "../harness/index.js";

/** All gateways are asked to end at once, as when somebody deletes the pods of a Deployment by label. */
export default scenario({
  name: "gateway-terminate-all",
  description: "All three gateways are deleted with their grace period under load.",
  tags: ["release"],
  faults: [{ at: seconds(10), fault: terminateGateway({ pick: "all" }) }],
  load: seconds(75),
  invariants: [...delivery({ explained: 0.4 }), reResolution(), recoversWithin(seconds(60))],
});
