import {
  countersAgree,
  delivery,
  freshWithin,
  hpaPolicy,
  killGateway,
  noStallBeyond,
  recoversWithin,
  reResolution,
  scenario,
  seconds,
  spread,
} from "../harness/index.js";

/** A gateway dies without warning. Agents must re-route; nothing acknowledged may be lost without an explanation. */
export default scenario({
  name: "gateway-kill",
  description: "One of three gateways is force-deleted under load.",
  tags: ["smoke", "nightly", "release"],
  faults: [{ at: seconds(10), fault: killGateway({ how: "force-delete", pick: "one" }) }],
  load: seconds(60),
  invariants: [
    ...delivery({ explained: "budget" }),
    spread(),
    countersAgree(),
    reResolution(),
    hpaPolicy(),
    // The exporter of a dead gateway may block all others for its timeout, 10 s: reported, not failed.
    noStallBeyond(seconds(10)),
    freshWithin(seconds(15)),
    recoversWithin(seconds(45)),
  ],
});
