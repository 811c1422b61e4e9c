/** Stops, starts and freezes the workers of a cluster of ours, as a power cut or a hung host would. */
import { execute, run, type Executor } from "./command.js";
import type { OnCluster } from "./nodes.js";
import { requireNode } from "./require-node.js";

/** Longest that Docker may take for one of these on a busy host. */
const LONGEST_MS = 60_000;

export interface NodePower {
  readonly running: boolean;
  /** Frozen: it runs, and nothing in it does. */
  readonly paused: boolean;
  /** When it was started last, as Docker prints it: the boot, which nothing inside a container tells. */
  readonly startedAt: string;
}

/** What Docker says of a worker. KitError when the cluster is not ours or has no such worker. */
export async function nodePower(
  cluster: string,
  node: string,
  options: OnCluster = {},
  executor: Executor = execute,
): Promise<NodePower> {
  await requireNode("worker", { cluster, node }, options, executor);
  const format = "{{.State.Running}}\t{{.State.Paused}}\t{{.State.StartedAt}}";
  const args = ["inspect", "--format", format, node];
  const text = await run("docker", args, { ...options, timeoutMs: LONGEST_MS }, executor);
  const [running, paused, startedAt = ""] = text.trim().split("\t");
  return { running: running === "true", paused: paused === "true", startedAt };
}

const VERBS = {
  /** Ends all that runs on it with SIGKILL, at once. */
  kill: { wanted: ({ running }: NodePower) => !running },
  start: { wanted: ({ running }: NodePower) => running },
  pause: { wanted: ({ paused }: NodePower) => paused },
  unpause: { wanted: ({ paused }: NodePower) => !paused },
};

/**
 * Does one of these to a worker; nothing when that is its state already. Never to a control plane: without it nobody
 * can see what happens. KitError as above, and when Docker fails.
 */
export async function switchNode(
  verb: keyof typeof VERBS,
  where: { readonly cluster: string; readonly node: string },
  options: OnCluster = {},
  executor: Executor = execute,
): Promise<void> {
  const { cluster, node } = where;
  const now = await nodePower(cluster, node, options, executor);
  if (VERBS[verb].wanted(now)) return;
  await run("docker", [verb, node], { ...options, timeoutMs: LONGEST_MS }, executor);
}
