import {
  controlPlaneOutage,
  delivery,
  freshWithin,
  recoversWithin,
  scenario,
  seconds,
} from "../harness/index.js";

/** The API server is away for a minute. What runs needs it for nothing: no telemetry may be lost or late. */
export default scenario({
  name: "control-plane-outage",
  description: "kube-apiserver is stopped for a minute.",
  tags: ["release"],
  workload: { tracesPerSecond: 100, spansPerTrace: 4 },
  faults: [{ at: seconds(5), lasts: seconds(60), fault: controlPlaneOutage() }],
  load: seconds(80),
  invariants: [
    ...delivery({ explained: "strict" }),
    freshWithin(seconds(5)),
    recoversWithin(seconds(10)),
  ],
});
