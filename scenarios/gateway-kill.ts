import {
  duplicates,
  killGateway,
  nothingUnexpected,
  recoversWithin,
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
    nothingUnexpected(),
    duplicates(),
    recoversWithin(seconds(45)),
  ],
});
