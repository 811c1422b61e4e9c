import { scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** A small, steady loss: one record in a hundred is a loss, not noise. */
export default scenario({
  name: "backend-drops-one-in-n",
  description: "Control: the log backend answers OK and drops one record in 100.",
  tags: ["controls", "release"],
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  load: seconds(10),
  backends: { loki: { kind: "drop-one-in", n: 100 } },
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity()],
  expect: { verdict: "fail", invariant: "zero-loss" },
});
