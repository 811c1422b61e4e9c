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

/** Two workers are drained at once: the budget must refuse the second eviction until the first gateway is replaced. */
export default scenario({
  name: "node-drain-two",
  description: "Two workers with gateways are drained at once; the budget lets them go one by one.",
  tags: ["release"],
  faults: [{ at: seconds(10), lasts: seconds(45), fault: drainNode({ pick: "two" }) }],
  load: seconds(75),
  invariants: [
    ...delivery({ explained: 0.4 }),
    disruptionBudget(),
    reResolution(),
    hpaPolicy(),
    recoversWithin(seconds(20)),
  ],
});
