import {
  delivery,
  hpaPolicy,
  minReplicas,
  scenario,
  seconds,
  troubleBackends,
} from "../harness/index.js";

/** A gateway is told to go while it cannot hand on what it holds: its queue is on a volume that goes with it. */
export default scenario({
  name: "scale-in-during-outage",
  description: "Five gateways become three again while no backend takes connections.",
  tags: ["release"],
  deployment: "quick-scaling",
  faults: [
    { at: seconds(5), lasts: seconds(45), fault: minReplicas(5, { shows: "scale-in" }) },
    // The autoscaler takes the first gateway away 30 s after the minimum is 3 again, and the second 30 s later.
    { at: seconds(70), lasts: seconds(30), fault: troubleBackends({ kind: "down" }) },
  ],
  load: seconds(160),
  invariants: [...delivery({ explained: "budget" }), hpaPolicy()],
});
