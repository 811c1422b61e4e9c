/** What a host lacks for a run, each with its fix; looks only, changes nothing. */
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { execute } from "./command.js";
import type { IpFamily } from "./configuration.js";
import type { ImageMode } from "./ensure-images.js";
import { messageOf } from "./errors.js";
import { lowInotifyLimits } from "./inotify.js";

export type ProblemKind =
  | "node-too-old"
  | "no-docker"
  | "docker-denied"
  | "docker-silent"
  | "disk-full"
  | "inotify-low"
  | "no-ipv6"
  | "no-go"
  | "no-debootstrap"
  | "not-root";

export interface HostProblem {
  readonly kind: ProblemKind;
  readonly problem: string;
  readonly fix: string;
}

const OLDEST_NODE = [20, 19] as const;
const LEAST_FREE_GB = 15;
const ANSWER_MS = 10_000;
const GB = 1e9;

/** An empty list means that this host has all that a run needs. */
export async function checkHost(options: {
  readonly mode: ImageMode;
  readonly ipFamily?: IpFamily | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<HostProblem[]> {
  const { mode, ipFamily, signal } = options;
  const checks = [
    Promise.resolve(checkNode(process.versions.node)),
    checkDocker(signal),
    checkInotify(),
    Promise.resolve(ipFamily === "ipv6" ? checkIPv6(process.platform, existsSync(IPV6)) : []),
    mode === "build" ? checkBuild(signal) : Promise.resolve([]),
  ];
  return (await Promise.all(checks)).flat();
}

/** Whether this version of Node can run the harness. */
export function checkNode(version: string): HostProblem[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return [];
  const fix = `install Node ${OLDEST_NODE.join(".")} or newer`;
  return [{ kind: "node-too-old", problem: `Node ${version} is too old`, fix }];
}

async function checkDocker(signal: AbortSignal | undefined): Promise<HostProblem[]> {
  const args = ["info", "--format", "{{.ServerVersion}}\t{{.DockerRootDir}}"];
  const options = { signal, timeoutMs: ANSWER_MS };
  const answer = await execute("docker", args, options).catch((error: unknown) => {
    signal?.throwIfAborted();
    return { exitCode: -1, stdout: "", stderr: messageOf(error) };
  });
  const [version = "", dataDirectory = ""] = answer.stdout.trim().split("\t");
  // docker info exits with 0 although its daemon is away.
  if (answer.exitCode !== 0 || version === "") return [dockerProblem(answer.stderr)];
  return checkDisk(dataDirectory);
}

/** Reads from what docker says why it does not work. */
export function dockerProblem(stderr: string): HostProblem {
  if (/is not installed/.test(stderr)) {
    const fix = "install Docker, or on Debian as root: make chaos";
    return { kind: "no-docker", problem: "there is no docker program", fix };
  }
  if (/permission denied/i.test(stderr)) {
    const fix = "sudo usermod --append --groups docker $USER, then log in again";
    return { kind: "docker-denied", problem: "this user may not talk to Docker", fix };
  }
  const reason = stderr.trim().split("\n").at(-1) || "no answer";
  const fix = "start it (systemctl start docker), or on Debian as root: make chaos";
  return { kind: "docker-silent", problem: `Docker does not answer: ${reason}`, fix };
}

async function checkDisk(directory: string): Promise<HostProblem[]> {
  // A daemon on another machine keeps its data there.
  const disk = await statfs(directory).catch(() => undefined);
  return disk === undefined ? [] : diskProblem(directory, disk.bavail * disk.bsize);
}

/** Whether so many free bytes are enough where Docker keeps its data. */
export function diskProblem(directory: string, freeBytes: number): HostProblem[] {
  const freeGb = freeBytes / GB;
  if (freeGb >= LEAST_FREE_GB) return [];
  const problem = `${freeGb.toFixed(1)} GB are free in ${directory}, a run needs ${LEAST_FREE_GB}`;
  return [{ kind: "disk-full", problem, fix: "docker system prune, or a larger disk" }];
}

async function checkInotify(): Promise<HostProblem[]> {
  // Root raises them when the cluster is made.
  if (process.getuid?.() === 0) return [];
  return (await lowInotifyLimits()).map(({ limit, current, wanted, fix }) => ({
    kind: "inotify-low",
    problem: `fs.inotify.${limit} is ${current}, several nodes need ${wanted}`,
    fix,
  }));
}

/** The kernel's list of IPv6 addresses. */
const IPV6 = "/proc/net/if_inet6";

/** Elsewhere than on Linux, Docker has a kernel of its own, of which nothing is known here. */
export function checkIPv6(platform: string, hasAddresses: boolean): HostProblem[] {
  if (platform !== "linux" || hasAddresses) return [];
  const fix = "boot without ipv6.disable=1, or leave --ip-family out";
  return [{ kind: "no-ipv6", problem: "this host's kernel has no IPv6", fix }];
}

async function checkBuild(signal: AbortSignal | undefined): Promise<HostProblem[]> {
  const problems: HostProblem[] = [];
  const has = async (file: string, ...args: string[]): Promise<boolean> => {
    const answer = await execute(file, args, { signal, timeoutMs: ANSWER_MS }).catch(
      () => undefined,
    );
    signal?.throwIfAborted();
    return answer?.exitCode === 0;
  };
  if (!(await has("go", "version"))) {
    const fix = "install Go 1.24 or newer, or use --images registry";
    problems.push({ kind: "no-go", problem: "building images needs Go", fix });
  }
  if (!(await has("debootstrap", "--version"))) {
    const fix = "apt-get install debootstrap, or use --images registry";
    problems.push({ kind: "no-debootstrap", problem: "building images needs debootstrap", fix });
  }
  if (process.getuid?.() !== 0) {
    const fix = "run as root, or use --images registry";
    problems.push({ kind: "not-root", problem: "building images needs root (debootstrap)", fix });
  }
  return problems;
}
