/** All that a scenario may import. */
export type { FaultChoice } from "./model/draw-faults.js";
export { inSequence } from "./model/in-sequence.js";
export { minutes, seconds } from "./model/durations.js";
export {
  killAgent,
  killGateway,
  loadSurge,
  minReplicas,
  rollout,
  terminateGateway,
} from "./model/pod-faults.js";
export {
  crashNode,
  drainNode,
  fillQueueVolume,
  freezeGateway,
  freezeNode,
  memoryPressure,
  partition,
  slowNetwork,
} from "./model/node-faults.js";
export {
  countersAgree,
  delivery,
  disruptionBudget,
  duplicates,
  freshWithin,
  hpaPolicy,
  integrity,
  noStallBeyond,
  nothingUnexpected,
  recoversWithin,
  reResolution,
  samplingExact,
  spread,
  traceAffinity,
  zeroLoss,
} from "./model/invariant.js";
export {
  controlPlaneOutage,
  dnsOutage,
  dnsStale,
  killObserver,
  troubleBackends,
} from "./model/service-faults.js";
export { scenario } from "./model/scenario.js";
