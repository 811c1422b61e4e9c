import {
  duplicates,
  integrity,
  killGateway,
  minutes,
  nothingUnexpected,
  samplingExact,
  scenario,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** What comes when, the seed decides; the same seed makes the same schedule. */
export default scenario({
  name: "random",
  description: "A schedule of faults that the seed draws, for as many minutes as are asked for.",
  tags: ["release"],
  draws: [
    { fault: killGateway({ how: "force-delete", pick: "one" }) },
    { fault: killGateway({ how: "force-delete", pick: "two" }) },
    { fault: killGateway({ how: "sigkill", pick: "one" }) },
  ],
  load: minutes(10),
  invariants: [
    zeroLoss({ explained: "budget" }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    duplicates(),
  ],
});
