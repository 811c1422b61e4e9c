import { crashNode, delivery, recoversWithin, scenario, seconds } from "../harness/index.js";

/** A worker loses its power and is back before the cluster takes it for lost: nobody moves its pods. */
export default scenario({
  name: "node-crash-short",
  description: "A worker with a gateway is killed and started again after 20 s.",
  tags: ["release"],
  faults: [{ at: seconds(10), lasts: seconds(20), fault: crashNode({ outage: "unnoticed" }) }],
  load: seconds(85),
  invariants: [...delivery({ explained: 0.4 }), recoversWithin(seconds(30))],
});
