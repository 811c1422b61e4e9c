import {
  delivery,
  recoversWithin,
  reResolution,
  rollout,
  scenario,
  seconds,
} from "../harness/index.js";

/** A release names an image that nobody can pull; the rollout stops half way and is undone. */
export default scenario({
  name: "gateway-rollout-broken-image",
  description: "A rollout of the gateways to an image that cannot be pulled, undone after 30 s.",
  tags: ["release"],
  faults: [
    {
      at: seconds(10),
      lasts: seconds(30),
      fault: rollout({ tier: "gateway", to: "broken-image" }),
    },
  ],
  load: seconds(80),
  invariants: [...delivery({ explained: "budget" }), reResolution(), recoversWithin(seconds(30))],
});
