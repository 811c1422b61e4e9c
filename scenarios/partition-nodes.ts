import {
  delivery,
  partition,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** The pods of two workers cannot reach each other: each agent loses one gateway, and another one each. */
export default scenario({
  name: "partition-nodes",
  description: "Nothing passes between the pods of two workers for 10 s.",
  tags: ["release"],
  faults: [
    {
      at: seconds(10),
      lasts: seconds(10),
      fault: partition({ between: "two-nodes", way: "both" }),
    },
  ],
  load: seconds(60),
  invariants: [...delivery({ explained: "budget" }), reResolution(), recoversWithin(seconds(20))],
});
