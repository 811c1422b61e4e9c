import { crashNode, delivery, recoversWithin, scenario, seconds } from "../harness/index.js";

/** A worker loses its power for longer than the grace period of its heartbeats, and comes back. */
export default scenario({
  name: "node-crash-long",
  description: "A worker with a gateway is killed, seen not ready, and started again after 75 s.",
  tags: ["release"],
  faults: [{ at: seconds(10), lasts: seconds(75), fault: crashNode({ outage: "noticed" }) }],
  load: seconds(125),
  invariants: [...delivery({ explained: 0.5 }), recoversWithin(seconds(30))],
});
