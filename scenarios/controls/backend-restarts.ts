import { killObserver, scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** A backend's process that ended may have forgotten what it had taken: the record is not whole, whatever it shows. */
export default scenario({
  name: "backend-restarts",
  description: "Control: the trace backend's process is killed under load and restarts.",
  tags: ["controls", "release"],
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  faults: [{ at: seconds(5), fault: killObserver("tempo") }],
  load: seconds(20),
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity()],
  expect: { verdict: "inconclusive", invariant: "history-complete" },
});
