import { delivery, freshWithin, scenario, seconds, troubleBackends } from "../harness/index.js";

/**
 * Backends turn requests away for 20 s. With UNAVAILABLE, or a hint when to try again, gateways do so and lose
 * nothing; RESOURCE_EXHAUSTED without that hint they take for final.
 */
export default scenario({
  name: "backends-overloaded",
  description:
    "Backends answer UNAVAILABLE, and RESOURCE_EXHAUSTED with and without RetryInfo, for 20 s.",
  tags: ["release"],
  workload: { tracesPerSecond: 100, spansPerTrace: 4 },
  faults: [
    {
      at: seconds(10),
      lasts: seconds(20),
      fault: troubleBackends({ kind: "refuse-one-in", n: 1, answer: "UNAVAILABLE" }, ["tempo"]),
    },
    {
      at: seconds(10),
      lasts: seconds(20),
      fault: troubleBackends(
        { kind: "refuse-one-in", n: 1, answer: "RESOURCE_EXHAUSTED", retryAfterMs: seconds(2) },
        ["mimir"],
      ),
    },
    {
      at: seconds(10),
      lasts: seconds(20),
      fault: troubleBackends({ kind: "refuse-one-in", n: 1, answer: "RESOURCE_EXHAUSTED" }, [
        "loki",
      ]),
    },
  ],
  load: seconds(50),
  invariants: [
    // Of log records, 20 s and the requests at both ends, of about 115 s of load and calibration.
    ...delivery({ explained: 0.4 }),
    freshWithin(seconds(5)),
  ],
});
