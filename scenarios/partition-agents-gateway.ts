import {
  delivery,
  partition,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** No agent reaches one gateway, which stays ready for everyone else: agents must hold what is for it. */
export default scenario({
  name: "partition-agents-gateway",
  description: "Nothing passes between the agents and one gateway for 10 s.",
  tags: ["release"],
  faults: [
    {
      at: seconds(10),
      lasts: seconds(10),
      fault: partition({ between: "agents-and-gateway", way: "both" }),
    },
  ],
  load: seconds(60),
  invariants: [...delivery({ explained: "budget" }), reResolution(), recoversWithin(seconds(20))],
});
