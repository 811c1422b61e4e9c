import { delivery, recoversWithin, scenario, seconds, troubleBackends } from "../harness/index.js";

/** Backends are away for longer than gateways try again: what waited longest is dropped, and nothing else. */
export default scenario({
  name: "backends-gone-too-long",
  description: "Every backend answers UNAVAILABLE for 35 s; gateways try again for 20 s.",
  tags: ["nightly", "release"],
  deployment: "short-retries",
  workload: { tracesPerSecond: 100, spansPerTrace: 4 },
  faults: [
    {
      at: seconds(5),
      lasts: seconds(35),
      fault: troubleBackends({ kind: "refuse-one-in", n: 1, answer: "UNAVAILABLE" }),
    },
  ],
  load: seconds(60),
  invariants: [...delivery({ explained: 0.5 }), recoversWithin(seconds(15))],
});
