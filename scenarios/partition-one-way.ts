import {
  delivery,
  partition,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** A gateway gets what agents send, and its answers are lost: what is sent again arrives twice, never zero times. */
export default scenario({
  name: "partition-one-way",
  description: "What a gateway answers to the agents is lost for 10 s.",
  tags: ["release"],
  faults: [
    {
      at: seconds(10),
      lasts: seconds(10),
      fault: partition({ between: "agents-and-gateway", way: "back" }),
    },
  ],
  load: seconds(60),
  invariants: [...delivery({ explained: "budget" }), reResolution(), recoversWithin(seconds(20))],
});
