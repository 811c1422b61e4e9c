import { delivery, loadSurge, scenario, seconds } from "../harness/index.js";

/**
 * More than an agent's limits can carry, and a memory limiter that is set too high to refuse in time: the kernel ends
 * the agent with all that it had acknowledged. Into all three agents it would take a host that has 15,000 spans/s to
 * give besides running the cluster.
 */
export default scenario({
  name: "agent-overload",
  description: "5,000 spans/s into one agent, until it runs out of memory.",
  // In no suite: two cores that also run the cluster do not send so much on time.
  tags: ["overload"],
  deployment: "small-agent-memory",
  faults: [
    {
      at: seconds(10),
      lasts: seconds(75),
      fault: loadSurge({ tracesPerSecond: 500, into: "one-agent", shows: "oom-kill" }),
    },
  ],
  load: seconds(110),
  invariants: [...delivery({ explained: 0.6 })],
});
