/** The kind configuration of our clusters. */
import { readFile } from "node:fs/promises";
import { OWNER_MOUNT, ownerDirectory } from "./owner.js";

export const DEFAULT_POD_SUBNET = "10.244.0.0/16";
export const DEFAULT_SERVICE_SUBNET = "10.96.0.0/16";

export interface ClusterShape {
  /** Worker nodes beside the one control plane. */
  readonly workers: number;
  readonly podSubnet?: string | undefined;
  readonly serviceSubnet?: string | undefined;
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
    `  podSubnet: ${JSON.stringify(shape.podSubnet ?? DEFAULT_POD_SUBNET)}`,
    `  serviceSubnet: ${JSON.stringify(shape.serviceSubnet ?? DEFAULT_SERVICE_SUBNET)}`,
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
