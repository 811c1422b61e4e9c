/** The kind configuration of our clusters. */
import { readFile } from "node:fs/promises";
import { OWNER_MOUNT, ownerDirectory } from "./owner.js";

/** What pods and Services have addresses of. */
export const IP_FAMILIES = ["ipv4", "ipv6"] as const;
export type IpFamily = (typeof IP_FAMILIES)[number];

/** Networks in CIDR notation; each node has a part of that of the pods. */
export interface ClusterNetworks {
  readonly pods: string;
  readonly services: string;
}

/** kind's own. */
export const NETWORKS: Readonly<Record<IpFamily, ClusterNetworks>> = {
  ipv4: { pods: "10.244.0.0/16", services: "10.96.0.0/16" },
  ipv6: { pods: "fd00:10:244::/56", services: "fd00:10:96::/112" },
};

export const familyOf = (address: string): IpFamily => (address.includes(":") ? "ipv6" : "ipv4");

export interface ClusterShape {
  /** Worker nodes beside the one control plane. */
  readonly workers: number;
  readonly ipFamily: IpFamily;
}

/**
 * A runtime without CAP_SYS_RESOURCE cannot make a container less killable than its parent, so
 * containerd must not ask.
 */
const RESTRICTED = [
  "containerdConfigPatches:",
  "  - |-",
  '    [plugins."io.containerd.grpc.v1.cri"]',
  "      restrict_oom_score_adj = true",
];

/**
 * The text for `kind create cluster --config`; JSON scalars are YAML scalars, so values are quoted
 * as JSON.
 */
export function renderConfiguration(
  cluster: string,
  shape: ClusterShape,
  hasSysResource: boolean,
): string {
  const node = (role: string): string[] => [
    `  - role: ${role}`,
    "    extraMounts:",
    `      - hostPath: ${JSON.stringify(ownerDirectory(cluster))}`,
    `        containerPath: ${OWNER_MOUNT}`,
    "        readOnly: true",
  ];
  return [
    "kind: Cluster",
    "apiVersion: kind.x-k8s.io/v1alpha4",
    "networking:",
    `  ipFamily: ${shape.ipFamily}`,
    `  podSubnet: ${JSON.stringify(NETWORKS[shape.ipFamily].pods)}`,
    `  serviceSubnet: ${JSON.stringify(NETWORKS[shape.ipFamily].services)}`,
    ...(hasSysResource ? [] : RESTRICTED),
    "nodes:",
    ...node("control-plane"),
    ...Array.from({ length: shape.workers }, () => node("worker")).flat(),
    "",
  ].join("\n");
}

export async function kindConfiguration(cluster: string, shape: ClusterShape): Promise<string> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  return renderConfiguration(cluster, shape, mayRaiseResources(status));
}

/**
 * Whether a /proc/PID/status has CAP_SYS_RESOURCE in its bounding set; other systems have no such
 * file, and need nothing.
 */
export function mayRaiseResources(procStatus: string): boolean {
  const bound = /^CapBnd:\s*([0-9a-f]+)$/m.exec(procStatus)?.[1];
  const capSysResource = 24n;
  return bound === undefined || ((BigInt(`0x${bound}`) >> capSysResource) & 1n) === 1n;
}
