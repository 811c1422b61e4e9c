import {
  countersAgree,
  delivery,
  freshWithin,
  hpaPolicy,
  reResolution,
  scenario,
  seconds,
  spread,
} from "../harness/index.js";

/** The positive control: without a fault nothing may be lost, torn, leaked, misrouted or repeated. */
export default scenario({
  name: "no-faults",
  description: "Load without any fault: everything arrives as predicted.",
  tags: ["smoke", "release"],
  load: seconds(20),
  invariants: [
    ...delivery({ explained: "strict", duplicates: 0 }),
    spread(),
    countersAgree(),
    reResolution(),
    hpaPolicy(),
    freshWithin(seconds(5)),
  ],
});
