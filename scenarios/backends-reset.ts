import {
  countersAgree,
  duplicates,
  freshWithin,
  integrity,
  nothingUnexpected,
  samplingExact,
  scenario,
  seconds,
  traceAffinity,
  troubleBackends,
  zeroLoss,
} from "../harness/index.js";

/** Backends store every third request and reset their connections instead of answering: gateways must send again. */
export default scenario({
  name: "backends-reset",
  description: "Backends store, then reset the connection, once in three requests for 20 s.",
  tags: ["nightly", "release"],
  workload: { tracesPerSecond: 100, spansPerTrace: 4 },
  faults: [
    {
      at: seconds(10),
      lasts: seconds(20),
      fault: troubleBackends({ kind: "reset-one-in", n: 3 }),
    },
  ],
  load: seconds(50),
  invariants: [
    zeroLoss({ explained: "strict" }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    countersAgree(),
    freshWithin(seconds(5)),
    // Of the requests of 20 s one in three, in about 115 s, and those that it took the connection from.
    duplicates({ limit: 0.25 }),
  ],
});
