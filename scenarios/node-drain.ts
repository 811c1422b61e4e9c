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
  load: seconds(75),
  invariants: [
    ...delivery({ explained: "budget" }),
    disruptionBudget(),
    reResolution(),
    hpaPolicy(),
    recoversWithin(seconds(20)),
  ],
});
