import {
  countersAgree,
  delivery,
  freshWithin,
  scenario,
  seconds,
  troubleBackends,
} from "../harness/index.js";

/** Backends store every third request and reset their connections instead of answering: gateways must send again. */
export default scenario({
  name: "backends-reset",
  description: "Backends store, then reset the connection, once in three requests for 20 s.",
  tags: ["release"],
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
    // Of the requests of 20 s one in three, in about 115 s, and those that it took the connection from.
    ...delivery({ explained: "strict", duplicates: 0.25 }),
    countersAgree(),
    freshWithin(seconds(5)),
  ],
});
