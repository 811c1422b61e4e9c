import { delivery, fillQueueVolume, recoversWithin, scenario, seconds } from "../harness/index.js";

/**
 * A gateway cannot reach its backends and its queue has no room: what it cannot keep is lost, and nothing after that.
 */
export default scenario({
  name: "gateway-queue-full",
  description: "The volume of a gateway queue is full and its backends are out of reach for 25 s.",
  tags: ["nightly", "release"],
  deployment: "small-queue-volume",
  faults: [{ at: seconds(10), lasts: seconds(25), fault: fillQueueVolume() }],
  load: seconds(75),
  invariants: [...delivery({ explained: "budget" }), recoversWithin(seconds(20))],
});
