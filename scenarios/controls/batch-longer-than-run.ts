import {
  nothingUnexpected,
  scenario,
  seconds,
  traceAffinity,
  zeroLoss,
} from "../../harness/index.js";

/** What may still arrive is not lost, and a run that ends before it could arrive has shown nothing. */
export default scenario({
  name: "batch-longer-than-run",
  description: "Control: gateways batch for 30 minutes, longer than the run waits for anything.",
  tags: ["controls", "release"],
  deployment: "batch-longer-than-run",
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  calibration: { atMost: seconds(30) },
  load: seconds(10),
  quiesce: { atMost: seconds(30) },
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity(), nothingUnexpected()],
  expect: {
    verdict: "inconclusive",
    invariant: "history-complete",
    also: { calibration: "inconclusive" },
  },
});
