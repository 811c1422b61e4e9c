import {
  duplicates,
  integrity,
  killGateway,
  nothingUnexpected,
  recoversWithin,
  reResolution,
  samplingExact,
  scenario,
  seconds,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** Two of three gateways die at once: the third owns every trace until the others are replaced. */
export default scenario({
  name: "gateway-kill-two",
  description: "Two of three gateways are force-deleted at once under load.",
  tags: ["nightly", "release"],
  faults: [{ at: seconds(10), fault: killGateway({ how: "force-delete", pick: "two" }) }],
  load: seconds(60),
  invariants: [
    zeroLoss({ explained: 0.3 }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    reResolution(),
    duplicates(),
    recoversWithin(seconds(45)),
  ],
});
