import {
  delivery,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
  slowNetwork,
} from "../harness/index.js";

/** The cable of a gateway carries less than agents want to send for a while. */
export default scenario({
  name: "slow-network-bandwidth",
  description: "What goes to one gateway is throttled to 400 kbit/s for 20 s.",
  tags: ["release"],
  faults: [
    {
      at: seconds(10),
      lasts: seconds(20),
      fault: slowNetwork({ how: "bandwidth", kbitPerSecond: 400 }),
    },
  ],
  load: seconds(60),
  invariants: [...delivery({ explained: "budget" }), reResolution(), recoversWithin(seconds(20))],
});
