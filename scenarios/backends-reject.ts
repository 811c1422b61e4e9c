import { countersAgree, delivery, scenario, seconds, troubleBackends } from "../harness/index.js";

/** Backends reject for good: a whole request, or some items of one by a partial success. Gateways try neither again. */
export default scenario({
  name: "backends-reject",
  description:
    "The trace backend rejects every second request, the others every tenth item, for 20 s.",
  tags: ["release"],
  workload: { tracesPerSecond: 100, spansPerTrace: 4 },
  faults: [
    {
      at: seconds(10),
      lasts: seconds(20),
      fault: troubleBackends({ kind: "refuse-one-in", n: 2, answer: "INVALID_ARGUMENT" }, [
        "tempo",
      ]),
    },
    {
      at: seconds(10),
      lasts: seconds(20),
      fault: troubleBackends({ kind: "reject-one-in", n: 10 }, ["mimir", "loki"]),
    },
  ],
  load: seconds(50),
  invariants: [...delivery({ explained: 0.25 }), countersAgree()],
});
