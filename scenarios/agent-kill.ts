import {
  delivery,
  killAgent,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** A node's agent dies with its batch and its queues; the applications of that node wait for the next one. */
export default scenario({
  name: "agent-kill",
  description: "One of three agents is force-deleted under load.",
  tags: ["release"],
  faults: [{ at: seconds(10), fault: killAgent({ how: "force-delete", pick: "one" }) }],
  load: seconds(60),
  invariants: [
    ...delivery({ explained: 0.1, duplicates: 0 }),
    reResolution(),
    recoversWithin(seconds(30)),
  ],
});
