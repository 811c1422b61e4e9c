import { scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/**
 * Gateways that neither queue nor retry lose what a backend refuses, with no gateway dead to explain it. The audit
 * shows that the gateways had it.
 */
export default scenario({
  name: "queue-off",
  description: "Control: gateways without sending queue and retry; every backend is away for 15 s.",
  tags: ["controls", "release"],
  deployment: "queue-off",
  audit: true,
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  load: seconds(20),
  // Longer than the gateways' batches take, so that each gateway sends to each backend meanwhile.
  backends: {
    tempo: { kind: "unavailable", forMs: seconds(15) },
    mimir: { kind: "unavailable", forMs: seconds(15) },
    loki: { kind: "unavailable", forMs: seconds(15) },
  },
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity()],
  expect: { verdict: "fail", invariant: "zero-loss" },
});
