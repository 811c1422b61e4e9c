/** Runs programs inside the nodes of a cluster of ours, and brings files there. */
import { execute, run, type Executor } from "./command.js";
import { KitError } from "./errors.js";
import type { OnCluster } from "./nodes.js";
import { requireNode } from "./require-node.js";

/** Longest that one short program may take on a busy host. */
const LONGEST_MS = 30_000;

/**
 * Standard output of a program in a node. KitError when the cluster is not ours, when it has no running node of that
 * name, or when the program fails.
 */
export async function runInNode(
  cluster: string,
  node: string,
  command: readonly [string, ...string[]],
  options: OnCluster = {},
  executor: Executor = execute,
): Promise<string> {
  await requireNode("running", { cluster, node }, options, executor);
  const args = ["exec", node, ...command];
  return run("docker", args, { ...options, timeoutMs: LONGEST_MS }, executor);
}

/**
 * Copies a file of this host to an absolute path in a node; it keeps its mode and replaces what is there. The directory
 * must exist, and not lie on a tmpfs (/run, /tmp), which Docker does not see. KitError as above.
 */
export async function copyToNode(
  cluster: string,
  node: string,
  file: { readonly from: string; readonly to: string },
  options: OnCluster = {},
  executor: Executor = execute,
): Promise<void> {
  await requireNode("running", { cluster, node }, options, executor);
  const args = ["cp", file.from, `${node}:${file.to}`];
  await run("docker", args, { ...options, timeoutMs: LONGEST_MS }, executor);
}

/** A container of containerd on a node of a cluster. */
export interface NodeContainer {
  readonly cluster: string;
  readonly node: string;
  readonly containerId: string;
}

/**
 * Sends a signal to the main process of a container, from its node, and resolves with its process ID there. After KILL
 * the container ends as if the kernel had ended it, and its pod stays. KitError as above, and when the container does
 * not run.
 */
export async function signalContainer(
  where: NodeContainer,
  signal: "KILL" | "STOP" | "CONT",
  options: OnCluster = {},
  executor: Executor = execute,
): Promise<number> {
  const pid = await containerProcess(where, options, executor);
  const { cluster, node } = where;
  await runInNode(cluster, node, ["kill", `-${signal}`, String(pid)], options, executor);
  return pid;
}

/** The ID of a running container's main process, as its node counts. KitError when it does not run. */
export async function containerProcess(
  { cluster, node, containerId }: NodeContainer,
  options: OnCluster = {},
  executor: Executor = execute,
): Promise<number> {
  if (!/^[0-9a-f]{12,64}$/.test(containerId)) {
    throw new KitError(`${containerId} is no ID of a container of containerd`);
  }
  const inspect = ["crictl", "inspect", "--output", "json", containerId] as const;
  const pid = mainProcess(await runInNode(cluster, node, inspect, options, executor));
  if (pid === undefined) throw new KitError(`container ${containerId} on ${node} does not run`);
  return pid;
}

/** The process ID, as the node counts, in what `crictl inspect` says of a running container. */
function mainProcess(text: string): number | undefined {
  const { status, info } = JSON.parse(text) as {
    readonly status?: { readonly state?: string };
    readonly info?: { readonly pid?: number };
  };
  const pid = info?.pid;
  // 1 is the node's own init.
  const running = status?.state === "CONTAINER_RUNNING";
  return running && pid !== undefined && Number.isInteger(pid) && pid > 1 ? pid : undefined;
}
