import {
  delivery,
  partition,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** A gateway cannot reach its backends: its persistent queue must hold everything until it can. */
export default scenario({
  name: "partition-gateway-backends",
  description: "Nothing passes between a gateway and all backends for 20 s.",
  tags: ["release"],
  faults: [
    {
      at: seconds(10),
      lasts: seconds(20),
      fault: partition({ between: "gateway-and-backends", way: "both" }),
    },
  ],
  load: seconds(60),
  invariants: [...delivery({ explained: "budget" }), reResolution(), recoversWithin(seconds(20))],
});
