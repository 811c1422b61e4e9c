import { delivery, memoryPressure, recoversWithin, scenario, seconds } from "../harness/index.js";

/** A gateway runs out of memory faster than its limiter can refuse; the kernel ends it, and what it held is lost. */
export default scenario({
  name: "gateway-out-of-memory",
  description: "A gateway is pressed over the memory limit of its container.",
  tags: ["release"],
  deployment: "small-memory",
  faults: [
    {
      at: seconds(10),
      lasts: seconds(15),
      fault: memoryPressure({ over: "container-limit", mib: 1_000 }),
    },
  ],
  load: seconds(65),
  invariants: [...delivery({ explained: "budget" }), recoversWithin(seconds(30))],
});
