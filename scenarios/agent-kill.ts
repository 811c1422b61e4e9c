import {
  duplicates,
  integrity,
  killAgent,
  nothingUnexpected,
  recoversWithin,
  reResolution,
  samplingExact,
  scenario,
  seconds,
  traceAffinity,
  zeroLoss,
} from "../harness/index.js";

/** A node's agent dies with its batch and its queues; the applications of that node wait for the next one. */
export default scenario({
  name: "agent-kill",
  description: "One of three agents is force-deleted under load.",
  tags: ["nightly", "release"],
  faults: [{ at: seconds(10), fault: killAgent({ how: "force-delete", pick: "one" }) }],
  load: seconds(60),
  invariants: [
    zeroLoss({ explained: 0.1 }),
    traceAffinity(),
    samplingExact(),
    integrity(),
    nothingUnexpected(),
    reResolution(),
    duplicates({ limit: 0 }),
    recoversWithin(seconds(30)),
  ],
});
