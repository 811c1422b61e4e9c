/** Faults by their description. */
import type { FaultKind, FaultSpec } from "../model/fault.js";
import { controlPlaneOutageFault } from "./control-plane-outage.js";
import { dnsOutageFault } from "./dns-outage.js";
import { dnsStaleFault } from "./dns-stale.js";
import type { Fault } from "./fault.js";
import { killObserverFault } from "./kill-observer.js";
import { troubleBackendsFault } from "./trouble-backends.js";
import { killAgentFault, killGatewayFault } from "./kill-collectors.js";
import { loadSurgeFault } from "./load-surge.js";
import { minReplicasFault } from "./min-replicas.js";
import { rolloutFault } from "./rollout.js";
import { terminateGatewayFault } from "./terminate-gateway.js";
import { crashNodeFault } from "./crash-node.js";
import { drainNodeFault } from "./drain-node.js";
import { fillQueueVolumeFault } from "./fill-queue-volume.js";
import { freezeGatewayFault } from "./freeze-gateway.js";
import { freezeNodeFault } from "./freeze-node.js";
import { memoryPressureFault } from "./memory-pressure.js";
import { partitionFault } from "./partition.js";
import { slowNetworkFault } from "./slow-network.js";

export type { Fault, FaultContext } from "./fault.js";

/** How each kind of fault is made from its description. */
const FAULTS: { readonly [K in FaultKind]: (spec: Extract<FaultSpec, { kind: K }>) => Fault } = {
  "crash-node": crashNodeFault,
  "drain-node": drainNodeFault,
  "fill-queue-volume": fillQueueVolumeFault,
  "freeze-gateway": freezeGatewayFault,
  "freeze-node": freezeNodeFault,
  "kill-agent": killAgentFault,
  "kill-gateway": killGatewayFault,
  backend: troubleBackendsFault,
  "kill-observer": killObserverFault,
  "dns-outage": dnsOutageFault,
  "dns-stale": dnsStaleFault,
  "control-plane-outage": controlPlaneOutageFault,
  "memory-pressure": memoryPressureFault,
  partition: partitionFault,
  "load-surge": loadSurgeFault,
  "min-replicas": minReplicasFault,
  rollout: rolloutFault,
  "slow-network": slowNetworkFault,
  "terminate-gateway": terminateGatewayFault,
};

/** The fault that a scenario asks for; the table pairs each kind with its own description. */
export const faultOf = (spec: FaultSpec): Fault =>
  (FAULTS[spec.kind] as (spec: FaultSpec) => Fault)(spec);
