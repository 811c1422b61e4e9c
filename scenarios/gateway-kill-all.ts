import {
  delivery,
  killGateway,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** Every gateway dies at once: agents have nobody to send to until the first replacement is ready. */
export default scenario({
  name: "gateway-kill-all",
  description: "All three gateways are force-deleted at once under load.",
  tags: ["release"],
  faults: [{ at: seconds(10), fault: killGateway({ how: "force-delete", pick: "all" }) }],
  load: seconds(75),
  invariants: [...delivery({ explained: 0.4 }), reResolution(), recoversWithin(seconds(60))],
});
