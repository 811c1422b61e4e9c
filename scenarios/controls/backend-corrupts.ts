import { integrity, scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** Everything arrives, but not all of it is what was sent. */
export default scenario({
  name: "backend-corrupts",
  description: "Control: every backend alters the payload of one item in 100.",
  tags: ["controls", "release"],
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  load: seconds(10),
  backends: {
    tempo: { kind: "corrupt-one-in", n: 100 },
    mimir: { kind: "corrupt-one-in", n: 100 },
    loki: { kind: "corrupt-one-in", n: 100 },
  },
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity(), integrity()],
  expect: { verdict: "fail", invariant: "integrity" },
});
