import { delivery, freezeNode, recoversWithin, scenario, seconds } from "../harness/index.js";

/** A worker hangs: no heartbeat, no answer, and everything in its memory goes on when it does. */
export default scenario({
  name: "node-freeze",
  description: "A worker with a gateway is frozen, seen not ready, and released after 75 s.",
  tags: ["release"],
  faults: [{ at: seconds(10), lasts: seconds(75), fault: freezeNode({ outage: "noticed" }) }],
  load: seconds(125),
  invariants: [...delivery({ explained: 0.5 }), recoversWithin(seconds(30))],
});
