import {
  delivery,
  hpaPolicy,
  minReplicas,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** The autoscaler ends gateways that work and hold traces: nobody told it what they hold. */
export default scenario({
  name: "gateway-scale-in",
  description: "Five gateways become three again, by an autoscaler that decides within seconds.",
  tags: ["release"],
  deployment: "quick-scaling",
  // Three gateways of any deployment can carry it. Where nothing is batched each request is split over all of them, and
  // a load that is no trouble to the others takes their autoscaler to its maximum.
  workload: {
    tracesPerSecond: 30,
    spansPerTrace: 4,
    metricPointsPerSecond: 5,
    logRecordsPerSecond: 10,
  },
  // The first gateway goes 30 s after the minimum is 3 again, and the second 30 s later.
  faults: [{ at: seconds(5), lasts: seconds(45), fault: minReplicas(5, { shows: "scale-in" }) }],
  load: seconds(160),
  invariants: [...delivery({ explained: "budget" }), reResolution(), hpaPolicy()],
});
