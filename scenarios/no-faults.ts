import {
  countersAgree,
  duplicates,
  freshWithin,
  hpaPolicy,
  integrity,
  nothingUnexpected,
  reResolution,
  samplingExact,
  scenario,
  seconds,
  spread,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** The positive control: without a fault nothing may be lost, torn, leaked, misrouted or repeated. */
export default scenario({
  name: "no-faults",
  description: "Load without any fault: everything arrives as predicted.",
  tags: ["smoke", "nightly", "release"],
  load: seconds(20),
  invariants: [
    zeroLoss({ explained: "strict" }),
    traceAffinity(),
    spread(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    countersAgree(),
    reResolution(),
    hpaPolicy(),
    freshWithin(seconds(5)),
    duplicates({ limit: 0 }),
  ],
});
