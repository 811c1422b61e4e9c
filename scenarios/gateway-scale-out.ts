import {
  delivery,
  hpaPolicy,
  loadSurge,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** Real load makes the autoscaler add gateways, and take them away again: each scale-in ends one with what it held. */
export default scenario({
  name: "gateway-scale-out",
  description:
    "Load that passes 60 % of the gateways' CPU request, with an autoscaler that decides within seconds.",
  tags: [],
  deployment: "quick-scaling",
  faults: [
    // About 1,000 spans/s into each of three agents, more than the gateways' 60 % of 40m a piece.
    {
      at: seconds(10),
      lasts: seconds(90),
      fault: loadSurge({ tracesPerSecond: 300, shows: "scale-out" }),
    },
  ],
  load: seconds(200),
  invariants: [...delivery({ explained: 0.3 }), reResolution(), hpaPolicy()],
});
