import {
  duplicates,
  freshWithin,
  integrity,
  killGateway,
  nothingUnexpected,
  recoversWithin,
  samplingExact,
  scenario,
  seconds,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** A gateway dies without warning. Agents must re-route; nothing acknowledged may be lost without an explanation. */
export default scenario({
  name: "gateway-kill",
  description: "One of three gateways is force-deleted under load.",
  tags: ["smoke", "nightly", "release"],
  faults: [{ at: seconds(10), fault: killGateway({ how: "force-delete", pick: "one" }) }],
  load: seconds(60),
  invariants: [
    zeroLoss({ explained: "budget" }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    freshWithin(seconds(15)),
    duplicates(),
    recoversWithin(seconds(45)),
  ],
});
