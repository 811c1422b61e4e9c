import {
  delivery,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
  slowNetwork,
} from "../harness/index.js";

/** A gateway is far away for a while: every request takes longer than agents are used to, and none may be lost. */
export default scenario({
  name: "slow-network-delay",
  description: "What goes to one gateway arrives 300 ms later for 30 s.",
  tags: ["release"],
  faults: [
    { at: seconds(10), lasts: seconds(30), fault: slowNetwork({ how: "delay", delayMs: 300 }) },
  ],
  load: seconds(75),
  invariants: [...delivery({ explained: "budget" }), reResolution(), recoversWithin(seconds(20))],
});
