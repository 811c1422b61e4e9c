import {
  duplicates,
  integrity,
  nothingUnexpected,
  recoversWithin,
  reResolution,
  rollout,
  samplingExact,
  scenario,
  seconds,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** Every gateway is replaced, one after the other: three deaths, and the ring changes each time. */
export default scenario({
  name: "gateway-rollout",
  description: "The gateways are restarted by a rollout under load.",
  tags: ["nightly", "release"],
  faults: [{ at: seconds(10), fault: rollout({ tier: "gateway", to: "restart" }) }],
  load: seconds(90),
  invariants: [
    zeroLoss({ explained: 0.4 }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    reResolution(),
    duplicates(),
    recoversWithin(seconds(75)),
  ],
});
