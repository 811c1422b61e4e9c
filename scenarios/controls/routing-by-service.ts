import { scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** Agents that route by service name spread a trace over gateways, and no owner of a trace can be predicted. */
export default scenario({
  name: "routing-by-service",
  description: "Control: the loadbalancing exporter routes by service name, not by trace ID.",
  tags: ["controls", "release"],
  deployment: "routing-by-service",
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  load: seconds(10),
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity()],
  expect: {
    verdict: "fail",
    invariant: "trace-affinity",
    also: { calibration: "inconclusive" },
  },
});
