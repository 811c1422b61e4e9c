import {
  disruptionBudget,
  drainNode,
  duplicates,
  hpaPolicy,
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

/** A worker is drained. The budget must keep two gateways ready; what a gateway holds in memory is lost. */
export default scenario({
  name: "node-drain",
  description: "A worker with a gateway is cordoned and drained, and opened again after 40 s.",
  tags: ["nightly", "release"],
  faults: [{ at: seconds(10), lasts: seconds(40), fault: drainNode({ pick: "one" }) }],
  load: seconds(75),
  invariants: [
    zeroLoss({ explained: "budget" }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    duplicates(),
    disruptionBudget(),
    reResolution(),
    hpaPolicy(),
    recoversWithin(seconds(20)),
  ],
});
