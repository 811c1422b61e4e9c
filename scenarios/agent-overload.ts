import { delivery, loadSurge, scenario, seconds } from "../harness/index.js";

/** More than an agent's limits can carry: the kernel ends it with all that it had acknowledged. */
export default scenario({
  name: "agent-overload",
  description: "5,000 spans/s into each agent, until one runs out of memory.",
  // In no suite: it needs a host that has 15,000 spans/s to give besides running the cluster.
  tags: ["overload"],
  faults: [
    {
      at: seconds(10),
      lasts: seconds(75),
      fault: loadSurge({ tracesPerSecond: 1_500, shows: "oom-kill" }),
    },
  ],
  load: seconds(110),
  invariants: [...delivery({ explained: 0.6 })],
});
