import { killObserver, scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** A generator that was killed sends no more: the load was not the load that the scenario describes. */
export default scenario({
  name: "generator-killed",
  description:
    "Control: the generator's process is killed under load and restarts without an order.",
  tags: ["controls", "release"],
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  faults: [{ at: seconds(5), fault: killObserver("generator") }],
  load: seconds(20),
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity()],
  expect: { verdict: "inconclusive", invariant: "history-complete" },
});
