import {
  delivery,
  recoversWithin,
  reResolution,
  rollout,
  scenario,
  seconds,
} from "../harness/index.js";

/** A release brings a configuration with which no gateway gets ready; the rollout stops half way and is undone. */
export default scenario({
  name: "gateway-rollout-unready",
  description:
    "A rollout of the gateways to a configuration that never gets ready, undone after 40 s.",
  tags: ["release"],
  faults: [
    {
      at: seconds(10),
      lasts: seconds(40),
      fault: rollout({ tier: "gateway", to: "unready-config" }),
    },
  ],
  load: seconds(90),
  invariants: [...delivery({ explained: "budget" }), reResolution(), recoversWithin(seconds(30))],
});
