import { scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** A queue of one request overflows during a short outage, and what does not fit in is forgotten. */
export default scenario({
  name: "queue-too-small",
  description: "Control: the gateways' queue holds one request; the log backend is away for 15 s.",
  tags: ["controls", "release"],
  deployment: "queue-too-small",
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  load: seconds(20),
  backends: { loki: { kind: "unavailable", forMs: seconds(15) } },
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity()],
  expect: { verdict: "fail", invariant: "zero-loss" },
});
