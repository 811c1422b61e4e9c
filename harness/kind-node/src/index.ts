/** A typed Node API over kind, and the kit that builds its images where no registry answers. */
export { controlPlaneKubectl, exportLogs, kubeconfig } from "./access.js";
export { checkHost, type HostProblem, type ProblemKind } from "./check-host.js";
export {
  createCluster,
  deleteCluster,
  type CreateClusterOptions,
  type DeleteClusterOptions,
  type RunningCluster,
} from "./cluster.js";
export type { WorkOptions } from "./command.js";
export {
  familyOf,
  IP_FAMILIES,
  type ClusterNetworks,
  type ClusterShape,
  type IpFamily,
} from "./configuration.js";
export { CONTENT_LABEL } from "./content.js";
export { egressCounters, installEgressGuard, type EgressCounters } from "./egress-guard.js";
export {
  ensureImages,
  ensureNamed,
  type EnsuredImage,
  type EnsureImagesOptions,
  type ImageMode,
  type ImageOrigin,
} from "./ensure-images.js";
export { KitError } from "./errors.js";
export { hostFacts, type HostFact } from "./host-facts.js";
export { loadImages, type LoadImagesOptions } from "./load-images.js";
export { pushToMirror } from "./mirror.js";
export {
  containerProcess,
  copyToNode,
  runInNode,
  signalContainer,
  type NodeContainer,
} from "./node-command.js";
export { nodePower, switchNode, type NodePower } from "./node-power.js";
export { listClusters, listNodes, type ClusterNode, type OnCluster } from "./nodes.js";
export {
  clusterOwner,
  ownerLives,
  processIdentity,
  writeOwner,
  type ClusterOwner,
} from "./owner.js";
export { ensureKind, ensureKubectl, ensureToxiproxy, findKubectl } from "./tools.js";
export { IMAGES, VERSIONS } from "./versions.js";
