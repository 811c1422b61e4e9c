import {
  delivery,
  hpaPolicy,
  loadSurge,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** The same with the guide's own windows: a minute before gateways come, five before the first goes. */
export default scenario({
  name: "gateway-scale-out-real",
  description:
    "Load that passes 60 % of the gateways' CPU request, with the autoscaler's published windows.",
  tags: ["release"],
  faults: [
    {
      at: seconds(10),
      lasts: seconds(180),
      fault: loadSurge({ tracesPerSecond: 300, shows: "scale-out" }),
    },
  ],
  load: seconds(660),
  invariants: [...delivery({ explained: 0.3 }), reResolution(), hpaPolicy()],
});
