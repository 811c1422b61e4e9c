import { delivery, memoryPressure, recoversWithin, scenario, seconds } from "../harness/index.js";

/** A gateway is over its memory limiter and refuses: agents must hold what is for it, and deliver it. */
export default scenario({
  name: "gateway-memory-limiter",
  description: "A gateway has to hold 170 MiB more than its limiter likes, for 10 s.",
  tags: ["release"],
  deployment: "small-memory",
  faults: [
    { at: seconds(10), lasts: seconds(10), fault: memoryPressure({ over: "limiter", mib: 170 }) },
  ],
  load: seconds(60),
  invariants: [...delivery({ explained: "budget" }), recoversWithin(seconds(30))],
});
