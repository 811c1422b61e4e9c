/**
 * What a run on a borrowed cluster asks of its account: the one table that the check before a run, the kinds of
 * objects that it makes, and fixtures/cluster/borrowed-access.yaml agree on. Nothing of it is cluster-wide.
 */

/** Kinds of objects that a run makes, and where the API has them; all else is nobody's to make there. */
export const MADE_KINDS = {
  ServiceAccount: { group: "", version: "v1", resource: "serviceaccounts" },
  ConfigMap: { group: "", version: "v1", resource: "configmaps" },
  Service: { group: "", version: "v1", resource: "services" },
  Deployment: { group: "apps", version: "v1", resource: "deployments" },
  DaemonSet: { group: "apps", version: "v1", resource: "daemonsets" },
  HorizontalPodAutoscaler: {
    group: "autoscaling",
    version: "v2",
    resource: "horizontalpodautoscalers",
  },
  PodDisruptionBudget: { group: "policy", version: "v1", resource: "poddisruptionbudgets" },
} as const satisfies Record<string, ApiResource>;

/** Where the API has the objects of a kind; undefined for a kind that a run does not make. */
export const resourceOf = (kind: string): ApiResource | undefined =>
  Object.hasOwn(MADE_KINDS, kind) ? MADE_KINDS[kind as keyof typeof MADE_KINDS] : undefined;

export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** Some verbs on one resource, with a subresource as RBAC has it: `pods/log`. */
export interface Permission {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Only the object of this name. */
  readonly name?: string;
  /** To follow "needed to". */
  readonly purpose: string;
}

const MAKE = ["create", "delete", "list"] as const;
const DEPLOY = "make and remove the deployment under test";
const CHANGE = "make, watch, roll over and remove the deployment under test and the observers";

/** In the namespace of the run. */
export const PERMISSIONS: readonly Permission[] = [
  { group: "", resource: "namespaces", verbs: ["get"], purpose: "see that the namespace is lent" },
  {
    group: "",
    resource: "pods",
    verbs: ["delete", "list", "watch"],
    purpose: "watch the pods and kill gateways and agents",
  },
  { group: "", resource: "pods/log", verbs: ["get"], purpose: "keep the logs of the run" },
  {
    group: "",
    resource: "pods/proxy",
    verbs: ["create", "get", "update"],
    purpose: "talk to the observers and read the collectors' own metrics",
  },
  { group: "", resource: "events", verbs: ["list"], purpose: "say why a pod does not start" },
  { group: "", resource: "serviceaccounts", verbs: MAKE, purpose: DEPLOY },
  { group: "", resource: "services", verbs: MAKE, purpose: DEPLOY },
  {
    group: "",
    resource: "configmaps",
    verbs: [...MAKE, "get", "patch"],
    purpose: "mark the namespace as in use, and configure collectors",
  },
  { group: "apps", resource: "deployments", verbs: [...MAKE, "get", "patch"], purpose: CHANGE },
  { group: "apps", resource: "daemonsets", verbs: [...MAKE, "get", "patch"], purpose: CHANGE },
  {
    group: "autoscaling",
    resource: "horizontalpodautoscalers",
    verbs: [...MAKE, "get", "patch"],
    purpose: "make, read, raise and remove the gateways' autoscaler",
  },
  { group: "policy", resource: "poddisruptionbudgets", verbs: MAKE, purpose: DEPLOY },
  {
    group: "discovery.k8s.io",
    resource: "endpointslices",
    verbs: ["list", "watch"],
    purpose: "see which gateways DNS answers with",
  },
];

/** Where CoreDNS's configuration is. A run can do without: it then assumes how long DNS caches. */
export const DNS_NAMESPACE = "kube-system";
export const DNS_PERMISSION: Permission = {
  group: "",
  resource: "configmaps",
  name: "coredns",
  verbs: ["get"],
  purpose: "read how long DNS caches",
};

/** In the whole cluster, and only where the namespace is not there yet. */
export const NAMESPACE_PERMISSIONS: readonly Permission[] = [
  { group: "", resource: "namespaces", verbs: ["create", "delete"], purpose: "make the namespace" },
];
