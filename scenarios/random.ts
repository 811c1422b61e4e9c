import {
  delivery,
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
  draws: [...SUDDEN, ...ALONE, ...LASTING],
  load: minutes(10),
  invariants: [...delivery({ explained: 0.5 })],
});
