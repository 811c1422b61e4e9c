import {
  delivery,
  hpaPolicy,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
  terminateGateway,
} from "../harness/index.js";

/** A gateway is asked to end and does so at once: 0.96.0 flushes nothing of tail sampling, grace or not. */
export default scenario({
  name: "gateway-terminate",
  description: "One of three gateways is deleted with its grace period under load.",
  tags: ["release"],
  faults: [{ at: seconds(10), fault: terminateGateway({ pick: "one" }) }],
  load: seconds(60),
  invariants: [
    ...delivery({ explained: "budget" }),
    reResolution(),
    hpaPolicy(),
    recoversWithin(seconds(45)),
  ],
});
