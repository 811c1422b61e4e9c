/** The kind clusters of this host and their nodes, as Docker sees them. */
import { execute, run, type Executor } from "./command.js";

export interface ClusterNode {
  /** Name of the container and of the Kubernetes node. */
  readonly name: string;
  readonly role: "control-plane" | "worker";
  readonly running: boolean;
}

export interface OnCluster {
  readonly signal?: AbortSignal | undefined;
}

/** The names of all kind clusters of this host, ours and others. */
export async function listClusters(
  options: OnCluster = {},
  executor: Executor = execute,
): Promise<string[]> {
  const label = "io.x-k8s.kind.cluster";
  const args = ["ps", "--all", "--filter", `label=${label}`, "--format", `{{.Label "${label}"}}`];
  const names = (await run("docker", args, options, executor)).split("\n").filter(Boolean);
  return [...new Set(names)].sort();
}

/** The nodes of a cluster, the control plane first. */
export async function listNodes(
  cluster: string,
  options: OnCluster = {},
  executor: Executor = execute,
): Promise<ClusterNode[]> {
  const format = '{{.Names}}\t{{.Label "io.x-k8s.kind.role"}}\t{{.State}}';
  const filter = `label=io.x-k8s.kind.cluster=${cluster}`;
  const args = ["ps", "--all", "--filter", filter, "--format", format];
  const lines = (await run("docker", args, options, executor)).split("\n").filter(Boolean);
  return lines.map(parseNode).sort((a, b) => (a.role + a.name < b.role + b.name ? -1 : 1));
}

function parseNode(line: string): ClusterNode {
  const [name = "", role, state] = line.split("\t");
  const isControlPlane = role === "control-plane";
  return { name, role: isControlPlane ? "control-plane" : "worker", running: state === "running" };
}
