import {
  countersAgree,
  duplicates,
  freshWithin,
  integrity,
  nothingUnexpected,
  recoversWithin,
  samplingExact,
  scenario,
  seconds,
  traceAffinity,
  troubleBackends,
  zeroLoss,
} from "../harness/index.js";

/** Every backend refuses connections for 20 s. Gateways hold what they have and try again; nothing may be lost. */
export default scenario({
  name: "backends-down",
  description: "No backend takes connections for 20 s.",
  tags: ["nightly", "release"],
  workload: { tracesPerSecond: 100, spansPerTrace: 4 },
  faults: [{ at: seconds(10), lasts: seconds(20), fault: troubleBackends({ kind: "down" }) }],
  load: seconds(50),
  invariants: [
    zeroLoss({ explained: "strict" }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    countersAgree(),
    freshWithin(seconds(5)),
    duplicates(),
    recoversWithin(seconds(15)),
  ],
});
