import {
  delivery,
  disruptionBudget,
  drainNode,
  rollout,
  scenario,
  seconds,
} from "../harness/index.js";

/** Two controllers take gateways away at once: the budget holds back the drain, the rollout replaces the rest. */
export default scenario({
  name: "drain-during-rollout",
  description: "A worker is drained while a rollout replaces the gateways under load.",
  tags: ["release"],
  faults: [
    { at: seconds(10), fault: rollout({ tier: "gateway", to: "restart" }) },
    { at: seconds(20), lasts: seconds(50), fault: drainNode({ pick: "one" }) },
  ],
  load: seconds(95),
  invariants: [...delivery({ explained: 0.5 }), disruptionBudget()],
});
