import {
  duplicates,
  hpaPolicy,
  integrity,
  nothingUnexpected,
  recoversWithin,
  reResolution,
  samplingExact,
  scenario,
  seconds,
  terminateGateway,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** A gateway is asked to end and does so at once: 0.96.0 flushes nothing of tail sampling, grace or not. */
export default scenario({
  name: "gateway-terminate",
  description: "One of three gateways is deleted with its grace period under load.",
  tags: ["nightly", "release"],
  faults: [{ at: seconds(10), fault: terminateGateway({ pick: "one" }) }],
  load: seconds(60),
  invariants: [
    zeroLoss({ explained: "budget" }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    reResolution(),
    hpaPolicy(),
    duplicates(),
    recoversWithin(seconds(45)),
  ],
});
