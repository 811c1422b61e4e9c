import {
  countersAgree,
  delivery,
  freshWithin,
  scenario,
  seconds,
  troubleBackends,
} from "../harness/index.js";

/** Two of the three backends are in trouble, each in its own way; the third must not notice. Nothing may be lost. */
export default scenario({
  name: "backend-hangs",
  description:
    "The log backend never answers and the metric backend is 3 s late, for 20 s; traces are not concerned.",
  tags: ["release"],
  workload: { tracesPerSecond: 100, spansPerTrace: 4 },
  faults: [
    {
      at: seconds(10),
      lasts: seconds(20),
      fault: troubleBackends({ kind: "black-hole" }, ["loki"]),
    },
    {
      at: seconds(10),
      lasts: seconds(20),
      fault: troubleBackends({ kind: "slow", delayMs: seconds(3) }, ["mimir"]),
    },
  ],
  load: seconds(50),
  invariants: [
    ...delivery({ explained: "strict", duplicates: 0 }),
    countersAgree(),
    freshWithin(seconds(5)),
  ],
});
