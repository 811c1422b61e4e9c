import {
  delivery,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
  slowNetwork,
} from "../harness/index.js";

/** One packet in five to a gateway is lost: TCP must hide it. */
export default scenario({
  name: "slow-network-loss",
  description: "20 % of the packets to one gateway are lost for 30 s.",
  tags: ["release"],
  faults: [
    { at: seconds(10), lasts: seconds(30), fault: slowNetwork({ how: "loss", share: 0.2 }) },
  ],
  load: seconds(75),
  invariants: [...delivery({ explained: "budget" }), reResolution(), recoversWithin(seconds(20))],
});
