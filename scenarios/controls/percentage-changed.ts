import { samplingExact, scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** The gateways sample otherwise than the configuration that the oracle reads: calibration must notice. */
export default scenario({
  name: "percentage-changed",
  description: "Control: the gateways keep 20 % of the traces, the oracle expects 10 %.",
  tags: ["controls", "release"],
  applied: "percentage-20",
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  load: seconds(10),
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity(), samplingExact()],
  expect: {
    verdict: "fail",
    invariant: "sampling-exact",
    also: { calibration: "inconclusive" },
  },
});
