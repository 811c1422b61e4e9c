import {
  countersAgree,
  delivery,
  freshWithin,
  recoversWithin,
  scenario,
  seconds,
  troubleBackends,
} from "../harness/index.js";

/** Every backend refuses connections for 20 s. Gateways hold what they have and try again; nothing may be lost. */
export default scenario({
  name: "backends-down",
  description: "No backend takes connections for 20 s.",
  tags: ["release"],
  workload: { tracesPerSecond: 100, spansPerTrace: 4 },
  faults: [{ at: seconds(10), lasts: seconds(20), fault: troubleBackends({ kind: "down" }) }],
  load: seconds(50),
  invariants: [
    ...delivery({ explained: "strict" }),
    countersAgree(),
    freshWithin(seconds(5)),
    recoversWithin(seconds(15)),
  ],
});
