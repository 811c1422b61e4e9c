/** Creates and deletes clusters of ours. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { controlPlaneKubectl, exportLogs, kubectlCommand } from "./access.js";
import { execute, run, type Executor, type WorkOptions } from "./command.js";
import { kindConfiguration, type ClusterShape } from "./configuration.js";
import { KitError, messageOf } from "./errors.js";
import { localImage } from "./docker.js";
import { raiseInotifyLimits } from "./inotify.js";
import { listClusters, listNodes, type ClusterNode, type OnCluster } from "./nodes.js";
import {
  ownerDirectory,
  removeOwner,
  requireOurs,
  writeOwner,
  type ClusterOwner,
} from "./owner.js";
import { ensureKind } from "./tools.js";

export interface CreateClusterOptions extends ClusterShape, WorkOptions {
  readonly name: string;
  readonly image: string;
  readonly owner: ClusterOwner;
  /** Where the kubeconfig is written; the user's own is never touched. */
  readonly kubeconfigPath: string;
  /** How long the nodes may take to be ready. */
  readonly waitMs: number;
  /** Where kind's logs of a failed creation go; without it they are not collected. */
  readonly logsDirectory?: string | undefined;
}

export interface RunningCluster {
  readonly name: string;
  readonly kubeconfigPath: string;
  readonly nodes: readonly ClusterNode[];
}

const POLL_MS = 250;

/**
 * Creates a cluster whose nodes are all Ready at the end. Throws a KitError when the name is taken
 * or when it fails; then nothing of it is left but its logs.
 */
export async function createCluster(options: CreateClusterOptions): Promise<RunningCluster> {
  const { name, image, kubeconfigPath, signal, onProgress } = options;
  if (!/^[a-z0-9][a-z0-9.-]{0,40}$/.test(name)) {
    throw new KitError(`cluster name ${name}: use lower-case letters, digits and hyphens`);
  }
  if ((await listClusters({ signal })).includes(name)) {
    throw new KitError(`a cluster named ${name} exists already`, {
      fix: `reuse it, choose another name, or remove it: kind delete cluster --name ${name}`,
    });
  }
  if ((await localImage(image, signal)) === undefined) {
    throw new KitError(`Docker has no image ${image}`, { fix: `docker pull ${image}` });
  }
  const kind = await ensureKind(options);
  await raiseInotifyLimits(onProgress);
  await writeOwner(name, options.owner);
  await mkdir(dirname(kubeconfigPath), { recursive: true });
  const configurationPath = join(ownerDirectory(name), "kind.yaml");
  await writeFile(configurationPath, await kindConfiguration(name, options));
  const waitS = `${Math.ceil(options.waitMs / 1000)}s`;
  try {
    await run(
      kind,
      ["create", "cluster", "--name", name, "--image", image, "--config", configurationPath,
        "--kubeconfig", kubeconfigPath, "--wait", waitS, "--retain"],
      { signal, onLine: (line) => onProgress?.(`kind: ${line.trim()}`) },
    ); // prettier-ignore
    await waitForNodes(name, options.workers + 1, options.waitMs, signal);
  } catch (error) {
    await cleanUpFailed(options);
    signal?.throwIfAborted();
    throw creationError(options, error);
  }
  return { name, kubeconfigPath, nodes: await listNodes(name, { signal }) };
}

/** kind's progress hides its reason, which is the line that begins with ERROR. */
function creationError({ name, logsDirectory }: CreateClusterOptions, cause: unknown): KitError {
  const { command, stderr } = cause instanceof KitError ? cause : {};
  const reason = /^ERROR: (?:failed to create cluster: )?(.+)$/m.exec(stderr ?? "")?.[1];
  return new KitError(`cluster ${name} was not created: ${reason ?? messageOf(cause)}`, {
    command,
    stderr,
    fix: logsDirectory === undefined ? undefined : `see the logs of its nodes in ${logsDirectory}`,
    cause,
  });
}

/** The signal does not count here: what was begun is removed. */
async function cleanUpFailed(options: CreateClusterOptions): Promise<void> {
  const { name, logsDirectory, signal } = options;
  if (logsDirectory !== undefined && signal?.aborted !== true) {
    await exportLogs(name, logsDirectory).catch(() => undefined);
  }
  await deleteCluster(name, { kubeconfigPath: options.kubeconfigPath });
}

/** kind waits for the control plane only, and warns at most; a run needs every node. */
async function waitForNodes(
  cluster: string,
  count: number,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  const path = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
  let lastSeen = "nothing";
  for (;;) {
    const result = await controlPlaneKubectl(
      cluster,
      ["get", "nodes", "-o", `jsonpath=${path}`],
      signal,
    );
    const ready = result.stdout.split("\n").filter((status) => status === "True").length;
    if (ready === count) return;
    lastSeen = result.exitCode === 0 ? `${ready} of ${count} nodes ready` : result.stderr.trim();
    if (performance.now() > deadline) {
      throw new KitError(
        `cluster ${cluster}: not all nodes are ready after ${deadlineMs / 1000} s: ${lastSeen}`,
        {
          command: `${kubectlCommand(cluster)} describe nodes`,
        },
      );
    }
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
}

export interface DeleteClusterOptions extends OnCluster {
  /** The file that kind takes the cluster's entry out of. */
  readonly kubeconfigPath?: string | undefined;
  /** Also remove a cluster that does not carry our mark. */
  readonly force?: boolean | undefined;
}

/** Removes a cluster of ours; no error when there is none of that name. */
export async function deleteCluster(
  name: string,
  options: DeleteClusterOptions = {},
  executor: Executor = execute,
): Promise<void> {
  const { signal, force = false } = options;
  const nodes = await listNodes(name, { signal }, executor);
  if (nodes.length > 0) {
    if (!force) await requireOurs(name, { signal }, executor);
    const containers = nodes.map((node) => node.name);
    // kind does just this; without it, a cluster can be removed where kind cannot be built any
    // more.
    await run("docker", ["rm", "--force", "--volumes", ...containers], { signal }, executor);
  }
  await removeOwner(name);
  if (options.kubeconfigPath !== undefined) await rm(options.kubeconfigPath, { force: true });
}
