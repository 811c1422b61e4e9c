import {
  delivery,
  recoversWithin,
  reResolution,
  rollout,
  scenario,
  seconds,
} from "../harness/index.js";

/** Every gateway is replaced, one after the other: three deaths, and the ring changes each time. */
export default scenario({
  name: "gateway-rollout",
  description: "The gateways are restarted by a rollout under load.",
  tags: ["release"],
  faults: [{ at: seconds(10), fault: rollout({ tier: "gateway", to: "restart" }) }],
  load: seconds(90),
  invariants: [...delivery({ explained: 0.4 }), reResolution(), recoversWithin(seconds(75))],
});
