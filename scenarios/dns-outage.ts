import {
  delivery,
  dnsOutage,
  killGateway,
  reResolution,
  scenario,
  seconds,
} from "../harness/index.js";

/** DNS is away for half a minute, and a gateway dies meanwhile: agents cannot learn of it until DNS is back. */
export default scenario({
  name: "dns-outage",
  description: "CoreDNS is scaled to 0 for 35 s; a gateway is force-deleted meanwhile.",
  tags: ["release"],
  workload: { tracesPerSecond: 100, spansPerTrace: 4 },
  faults: [
    { at: seconds(5), lasts: seconds(35), fault: dnsOutage() },
    { at: seconds(15), fault: killGateway({ how: "force-delete", pick: "one" }) },
  ],
  load: seconds(75),
  invariants: [
    // The dead gateway's third of what was sent since it died, until DNS was back, on top of its memory.
    ...delivery({ explained: 0.4 }),
    reResolution(),
  ],
});
