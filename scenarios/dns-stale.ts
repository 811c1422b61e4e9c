import {
  delivery,
  dnsStale,
  killGateway,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** DNS goes on naming a gateway that died, and not its successor: agents follow only when DNS tells the truth again. */
export default scenario({
  name: "dns-stale",
  description: "DNS answers are frozen for 45 s; a gateway is force-deleted meanwhile.",
  tags: ["release"],
  workload: { tracesPerSecond: 100, spansPerTrace: 4 },
  faults: [
    { at: seconds(5), lasts: seconds(50), fault: dnsStale() },
    { at: seconds(25), fault: killGateway({ how: "force-delete", pick: "one" }) },
  ],
  load: seconds(80),
  invariants: [
    // The dead gateway's third of what was sent since it died, until DNS told the truth, on top of its memory.
    ...delivery({ explained: 0.4 }),
    reResolution(),
  ],
});
