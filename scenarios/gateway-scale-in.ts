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
  // By load, gateways of agents that do not batch would not go: each request is split over all of them, so that more
  // gateways have no less to do.
  deployment: "scaled-by-minimum",
  // The first gateway goes 30 s after the minimum is 3 again, and the second 30 s later.
  faults: [{ at: seconds(5), lasts: seconds(45), fault: minReplicas(5, { shows: "scale-in" }) }],
  load: seconds(160),
  invariants: [...delivery({ explained: "budget" }), reResolution(), hpaPolicy()],
});
