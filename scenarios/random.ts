import {
  controlPlaneOutage,
  delivery,
  dnsOutage,
  drainNode,
  freezeGateway,
  killAgent,
  killGateway,
  minReplicas,
  minutes,
  partition,
  rollout,
  scenario,
  seconds,
  slowNetwork,
  terminateGateway,
  troubleBackends,
  type FaultChoice,
} from "../harness/index.js";

/** What ends by itself may strike while something else lasts. */
const SUDDEN: readonly FaultChoice[] = [
  { fault: killGateway({ how: "force-delete", pick: "one" }) },
  { fault: killGateway({ how: "force-delete", pick: "two" }) },
  { fault: killGateway({ how: "sigkill", pick: "one" }) },
  { fault: terminateGateway({ pick: "one" }) },
  { fault: killAgent({ how: "force-delete", pick: "one" }) },
];
/** A rollout takes a minute, and what else it needs is what another fault takes away. */
const ALONE: readonly FaultChoice[] = [
  { fault: rollout({ tier: "gateway", to: "restart" }), lasts: seconds(60), alone: true },
  { fault: freezeGateway({ outage: "unnoticed" }), lasts: seconds(12), alone: true },
  {
    fault: partition({ between: "agents-and-gateway", way: "both" }),
    lasts: seconds(20),
    alone: true,
  },
];
/** What they lean on fails. A gateway that died meanwhile would take along what it could not hand on: no companion. */
const LEANT_ON: readonly FaultChoice[] = [
  { fault: troubleBackends({ kind: "down" }), lasts: seconds(15), alone: true },
  { fault: troubleBackends({ kind: "black-hole" }, ["loki"]), lasts: seconds(15), alone: true },
  {
    fault: troubleBackends({ kind: "refuse-one-in", n: 1, answer: "UNAVAILABLE" }, ["tempo"]),
    lasts: seconds(15),
    alone: true,
  },
  { fault: dnsOutage(), lasts: seconds(20), alone: true },
  { fault: controlPlaneOutage(), lasts: seconds(30), alone: true },
];
const LASTING: readonly FaultChoice[] = [
  { fault: drainNode({ pick: "one" }), lasts: seconds(40) },
  { fault: minReplicas(5), lasts: seconds(40) },
  { fault: slowNetwork({ how: "loss", share: 0.1 }), lasts: seconds(30) },
];

/** What comes when, the seed decides; the same seed makes the same schedule. */
export default scenario({
  name: "random",
  description: "A schedule of faults that the seed draws, for as many minutes as are asked for.",
  tags: ["release"],
  draws: [...SUDDEN, ...ALONE, ...LEANT_ON, ...LASTING],
  load: minutes(10),
  invariants: [...delivery({ explained: 0.5 })],
});
