import {
  delivery,
  killAgent,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** An agent's process dies and restarts in place; by an audit, what it still had never came to a gateway. */
export default scenario({
  name: "agent-restart",
  description: "The container of one of three agents is killed under load and restarts in place.",
  tags: ["release"],
  audit: true,
  faults: [{ at: seconds(10), fault: killAgent({ how: "sigkill", pick: "one" }) }],
  load: seconds(60),
  invariants: [
    ...delivery({ explained: 0.1, duplicates: 0 }),
    reResolution(),
    recoversWithin(seconds(30)),
  ],
});
