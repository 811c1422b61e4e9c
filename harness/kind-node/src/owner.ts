/**
 * How a cluster is marked as ours: a directory of the host that every node mounts, with a file that
 * names the owner.
 */
import { readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execute, run, type Executor } from "./command.js";
import { cacheDirectory } from "./content.js";
import { KitError } from "./errors.js";

/**
 * kind cannot label its containers, but it mounts what its configuration says, so a node carries
 * the mark from its first moment on, running or stopped, even when its creator died half way.
 */
export const OWNER_MOUNT = "/kind/agent-gateway-chaos";

export interface ClusterOwner {
  /** Who made it; `unknown` when the owner's file is gone. */
  readonly run: string;
  /** Process ID of the creator on this host, 0 when unknown. */
  readonly pid: number;
  /** Which process of that ID it was, see `processIdentity`. */
  readonly process?: string | undefined;
  /** Unix seconds after which it may be swept, 0 when unknown. */
  readonly expiresAtS: number;
}

const UNKNOWN: ClusterOwner = { run: "unknown", pid: 0, expiresAtS: 0 };

/**
 * What tells a process from a later one of the same ID: the boot of the host and the start time in
 * clock ticks (proc(5), field 22 of stat). Undefined where there is no such process or no /proc.
 */
export function processIdentity(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // The second field is a name in parentheses, which may hold anything; start time is field 22.
    const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[22 - 3];
    return started === undefined ? undefined : `${boot}:${started}`;
  } catch {
    return undefined;
  }
}

/** Whether the process that made a cluster still runs: it, not a later one that got its ID. */
export function ownerLives({ pid, process: identity }: ClusterOwner): boolean {
  if (pid <= 0) return false;
  const now = processIdentity(pid);
  if (identity !== undefined && now !== undefined) return identity === now;
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // EPERM: it runs, as somebody else.
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The directory of the host that the nodes of a cluster mount. */
export const ownerDirectory = (cluster: string): string =>
  join(cacheDirectory(), "clusters", cluster);

/** Names the owner of a cluster that is about to be made, or changes the owner of one of ours. */
export async function writeOwner(cluster: string, owner: ClusterOwner): Promise<void> {
  await mkdir(ownerDirectory(cluster), { recursive: true });
  await writeFile(join(ownerDirectory(cluster), "owner.json"), `${JSON.stringify(owner)}\n`);
}

export async function removeOwner(cluster: string): Promise<void> {
  await rm(ownerDirectory(cluster), { recursive: true, force: true });
}

interface InspectedContainer {
  readonly Mounts: readonly { readonly Destination: string; readonly Source: string }[];
}

/** The owner of a cluster; undefined when it does not exist or is not ours. */
export async function clusterOwner(
  cluster: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
  executor: Executor = execute,
): Promise<ClusterOwner | undefined> {
  const filter = `label=io.x-k8s.kind.cluster=${cluster}`;
  const list = ["ps", "--all", "--quiet", "--no-trunc", "--filter", filter];
  const ids = (await run("docker", list, options, executor)).split("\n").filter(Boolean);
  if (ids.length === 0) return undefined;
  const text = await run("docker", ["inspect", ...ids], options, executor);
  const mounts = (JSON.parse(text) as InspectedContainer[]).flatMap(({ Mounts }) => Mounts);
  const mark = mounts.find(({ Destination }) => Destination === OWNER_MOUNT);
  if (mark === undefined) return undefined;
  return readOwner(mark.Source);
}

/**
 * The mark alone makes a cluster ours; a file that is gone or broken only hides the owner's name.
 */
async function readOwner(directory: string): Promise<ClusterOwner> {
  try {
    const text = await readFile(join(directory, "owner.json"), "utf8");
    return { ...UNKNOWN, ...(JSON.parse(text) as Partial<ClusterOwner>) };
  } catch {
    return UNKNOWN;
  }
}

/** Throws a KitError unless the cluster exists and is ours. */
export async function requireOurs(
  cluster: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
  executor: Executor = execute,
): Promise<ClusterOwner> {
  const owner = await clusterOwner(cluster, options, executor);
  if (owner !== undefined) return owner;
  throw new KitError(`cluster ${cluster} does not exist or was not made by this tool`, {
    fix: `choose another name, or remove it yourself: kind delete cluster --name ${cluster}`,
  });
}
