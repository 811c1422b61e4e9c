import {
  duplicates,
  integrity,
  nothingUnexpected,
  recoversWithin,
  reResolution,
  samplingExact,
  scenario,
  seconds,
  slowNetwork,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** One packet in five to a gateway is lost: TCP must hide it. */
export default scenario({
  name: "slow-network-loss",
  description: "20 % of the packets to one gateway are lost for 30 s.",
  tags: ["nightly", "release"],
  faults: [
    { at: seconds(10), lasts: seconds(30), fault: slowNetwork({ how: "loss", share: 0.2 }) },
  ],
  load: seconds(60),
  invariants: [
    zeroLoss({ explained: "budget" }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    duplicates(),
    reResolution(),
    recoversWithin(seconds(20)),
  ],
});
