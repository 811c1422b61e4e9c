import { delivery, loadSurge, scenario, seconds } from "../harness/index.js";

/**
 * More than an agent's limits can carry, and a memory limiter that is set too high to refuse in time: the kernel ends
 * the agent with all that it had acknowledged. Into all three agents it would take a host that has 15,000 spans/s to
 * give besides running the cluster.
 */
export default scenario({
  name: "agent-overload",
  description: "5,000 spans/s into one agent, until it runs out of memory.",
  tags: ["release"],
  deployment: "small-agent-memory",
  faults: [
    {
      at: seconds(10),
      // Or until the agent was killed, which takes about 45 s.
      lasts: seconds(30),
      fault: loadSurge({ tracesPerSecond: 500, into: "one-agent", shows: "oom-kill" }),
    },
  ],
  // So long that agents take most of it: of the surge they do not.
  load: seconds(240),
  invariants: [...delivery({ explained: 0.6 })],
});
