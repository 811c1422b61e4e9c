import {
  duplicates,
  freezeGateway,
  integrity,
  nothingUnexpected,
  recoversWithin,
  reResolution,
  samplingExact,
  scenario,
  seconds,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** A gateway hangs for less than its probes need to notice: agents must hold what is for it, and deliver it. */
export default scenario({
  name: "gateway-freeze-short",
  description: "The process of a gateway is stopped for 8 s.",
  tags: ["nightly", "release"],
  faults: [{ at: seconds(10), lasts: seconds(8), fault: freezeGateway({ outage: "unnoticed" }) }],
  load: seconds(60),
  invariants: [
    zeroLoss({ explained: "budget" }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    duplicates(),
    reResolution(),
    recoversWithin(seconds(30)),
  ],
});
