/** Ways into a cluster of ours: kubeconfig, kubectl of the control plane, logs. */
import { mkdir } from "node:fs/promises";
import { commandLine, execute, run, type CommandResult, type WorkOptions } from "./command.js";
import { ensureKind } from "./tools.js";

/** The text of a kubeconfig for the host. */
export async function kubeconfig(cluster: string, work: WorkOptions = {}): Promise<string> {
  const kind = await ensureKind(work);
  return run(kind, ["get", "kubeconfig", "--name", cluster], { signal: work.signal });
}

/** Writes kind's logs of a cluster, those of nodes and pods, into a directory. */
export async function exportLogs(
  cluster: string,
  directory: string,
  work: WorkOptions = {},
): Promise<void> {
  const kind = await ensureKind(work);
  await mkdir(directory, { recursive: true });
  await run(kind, ["export", "logs", directory, "--name", cluster], { signal: work.signal });
}

/** Runs kubectl inside the control plane, whatever its exit code; needs no kubectl on the host. */
export async function controlPlaneKubectl(
  cluster: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<CommandResult> {
  return execute("docker", [...kubectlIn(cluster), ...args], { signal });
}

/** The beginning of the same command, to paste. */
export const kubectlCommand = (cluster: string): string =>
  commandLine("docker", kubectlIn(cluster));

const kubectlIn = (cluster: string): string[] => [
  "exec",
  `${cluster}-control-plane`,
  ...["kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf"],
];
