import { scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** A backend acknowledges one span and forgets it: the smallest loss there is must be found and named. */
export default scenario({
  name: "backend-drops-one-span",
  description: "Control: the trace backend answers OK and drops exactly one span.",
  tags: ["controls", "release"],
  load: seconds(10),
  backends: { tempo: { kind: "drop-items", count: 1 } },
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity()],
  expect: { verdict: "fail", invariant: "zero-loss" },
});
