import { killGateway, scenario, seconds, traceAffinity, zeroLoss } from "../../harness/index.js";

/** A kill request that the API accepts and that kills nothing: a run without its fault proves nothing. */
export default scenario({
  name: "kill-nothing",
  description: "Control: the kill is a dry run, so the fault never happens.",
  tags: ["controls", "release"],
  faults: [{ at: seconds(2), fault: killGateway({ how: "dry-run", pick: "one" }) }],
  load: seconds(10),
  invariants: [zeroLoss({ explained: "budget" }), traceAffinity()],
  expect: { verdict: "inconclusive", invariant: "faults-proven" },
});
