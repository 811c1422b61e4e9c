import { delivery, reResolution, rollout, scenario, seconds } from "../harness/index.js";

/** Every agent is replaced, one after the other: each ends gracefully and drops what its queues hold. */
export default scenario({
  name: "agent-rollout",
  description: "The agents are restarted by a rollout under load.",
  tags: ["release"],
  faults: [{ at: seconds(10), fault: rollout({ tier: "agent", to: "restart" }) }],
  load: seconds(90),
  invariants: [...delivery({ explained: 0.1, duplicates: 0 }), reResolution()],
});
