import {
  crashNode,
  duplicates,
  integrity,
  nothingUnexpected,
  recoversWithin,
  samplingExact,
  scenario,
  seconds,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** A worker loses its power and is back before the cluster takes it for lost: nobody moves its pods. */
export default scenario({
  name: "node-crash-short",
  description: "A worker with a gateway is killed and started again after 20 s.",
  tags: ["nightly", "release"],
  faults: [{ at: seconds(10), lasts: seconds(20), fault: crashNode({ outage: "unnoticed" }) }],
  load: seconds(85),
  invariants: [
    zeroLoss({ explained: 0.4 }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    duplicates(),
    recoversWithin(seconds(30)),
  ],
});
