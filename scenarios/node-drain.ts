import {
  delivery,
  disruptionBudget,
  drainNode,
  hpaPolicy,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** A worker is drained. The budget must keep two gateways ready; what a gateway holds in memory is lost. */
export default scenario({
  name: "node-drain",
  description:
    "A worker with a gateway is cordoned and drained, and opened again once it is, after 40 s at the soonest.",
  tags: ["release"],
  faults: [{ at: seconds(10), lasts: seconds(40), fault: drainNode({ pick: "one" }) }],
  // Time to recover after a drain of as long as a gateway takes that first waits a minute for DNS to forget it.
  load: seconds(115),
  invariants: [
    ...delivery({ explained: "budget" }),
    disruptionBudget(),
    reResolution(),
    hpaPolicy(),
    recoversWithin(seconds(20)),
  ],
});
