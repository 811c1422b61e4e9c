import { duplicates, scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** Some repeats are allowed, since OTLP delivers at least once; a share above the limit must be found. */
export default scenario({
  name: "backend-duplicates",
  description: "Control: the trace backend holds every tenth span twice.",
  tags: ["controls", "release"],
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  load: seconds(10),
  backends: { tempo: { kind: "duplicate-one-in", n: 10 } },
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity(), duplicates({ limit: 0.01 })],
  expect: { verdict: "fail", invariant: "duplicates" },
});
