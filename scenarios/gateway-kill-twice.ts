import {
  delivery,
  killGateway,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** A second gateway dies while the first is still being replaced: two changes of the ring overlap. */
export default scenario({
  name: "gateway-kill-twice",
  description: "Two gateways are force-deleted under load, 10 s apart.",
  tags: ["release"],
  faults: [
    { at: seconds(10), fault: killGateway({ how: "force-delete", pick: "one" }) },
    { at: seconds(20), fault: killGateway({ how: "force-delete", pick: "one" }) },
  ],
  load: seconds(70),
  invariants: [...delivery({ explained: 0.3 }), reResolution(), recoversWithin(seconds(45))],
});
