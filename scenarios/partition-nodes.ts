import {
  duplicates,
  integrity,
  nothingUnexpected,
  partition,
  recoversWithin,
  reResolution,
  samplingExact,
  scenario,
  seconds,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** The pods of two workers cannot reach each other: each agent loses one gateway, and another one each. */
export default scenario({
  name: "partition-nodes",
  description: "Nothing passes between the pods of two workers for 10 s.",
  tags: ["nightly", "release"],
  faults: [
    {
      at: seconds(10),
      lasts: seconds(10),
      fault: partition({ between: "two-nodes", way: "both" }),
    },
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
