import {
  duplicates,
  integrity,
  nothingUnexpected,
  reResolution,
  rollout,
  samplingExact,
  scenario,
  seconds,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** Every agent is replaced, one after the other: each ends gracefully and drops what its queues hold. */
export default scenario({
  name: "agent-rollout",
  description: "The agents are restarted by a rollout under load.",
  tags: ["nightly", "release"],
  faults: [{ at: seconds(10), fault: rollout({ tier: "agent", to: "restart" }) }],
  load: seconds(90),
  invariants: [
    zeroLoss({ explained: 0.1 }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    reResolution(),
    duplicates({ limit: 0 }),
  ],
});
