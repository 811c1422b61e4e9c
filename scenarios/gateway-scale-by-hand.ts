import {
  delivery,
  hpaPolicy,
  minReplicas,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** Gateways come because somebody wants more, and go when nobody does: each change of the ring tears traces. */
export default scenario({
  name: "gateway-scale-by-hand",
  description: "The autoscaler's minimum is raised from 3 to 5 by hand and put back after 45 s.",
  tags: ["release"],
  faults: [{ at: seconds(10), lasts: seconds(45), fault: minReplicas(5) }],
  load: seconds(80),
  invariants: [...delivery({ explained: "budget", duplicates: 0 }), reResolution(), hpaPolicy()],
});
