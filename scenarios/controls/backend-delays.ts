import {
  duplicates,
  freshWithin,
  scenario,
  seconds,
  traceAffinity,
  zeroLoss,
} from "../../harness/index.js";

/** Everything arrives, once and whole, but too late. */
export default scenario({
  name: "backend-delays",
  description: "Control: the log backend takes every second request 10 s late.",
  tags: ["controls", "release"],
  // The guide's gateways give up after 5 s and send again; these wait, so that nothing but time is wrong.
  deployment: "patient-gateways",
  workload: { tracesPerSecond: 200, spansPerTrace: 4 },
  load: seconds(20),
  backends: { loki: { kind: "delay-one-in", n: 2, delayMs: seconds(10) } },
  invariants: [
    zeroLoss({ explained: "budget" }),
    traceAffinity(),
    duplicates({ limit: 0 }),
    freshWithin(seconds(2)),
  ],
  expect: { verdict: "fail", invariant: "freshness", also: { "zero-loss": "pass" } },
});
