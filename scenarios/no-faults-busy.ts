import { delivery, freshWithin, scenario, seconds } from "../harness/index.js";

/**
 * The positive control at twenty times the traces: nothing may be lost, torn, leaked or misrouted. Four spans a
 * trace, since three agents with the guide's limits carry about 4,500 spans/s.
 */
export default scenario({
  name: "no-faults-busy",
  description: "1,000 traces/s without any fault: everything arrives as predicted.",
  tags: ["nightly", "release"],
  deployment: "three-gateways",
  workload: { tracesPerSecond: 1_000, spansPerTrace: 4 },
  load: seconds(20),
  invariants: [
    // A host that is busy with this load may answer an export too late, and OTLP then sends it again.
    ...delivery({ explained: "strict" }),
    freshWithin(seconds(5)),
  ],
});
