/** What a host has for a run, for people to read; what it lacks is check-host.ts. */
import { statfs } from "node:fs/promises";
import { buildContext } from "./build/context.js";
import { builtEarlier } from "./build/programs.js";
import { execute } from "./command.js";
import { localImage } from "./docker.js";
import { inotifyLimits } from "./inotify.js";
import { IMAGES } from "./versions.js";

export interface HostFact {
  readonly what: string;
  readonly found: string;
  /** What to do where it may hinder a run without forbidding it. */
  readonly fix?: string;
}

/** Four nodes, nine collectors and what measures them. */
const COMFORTABLE_MEMORY_GB = 7.5;
const ANSWER_MS = 10_000;
const GB = 1e9;

/** Looks only; a fact that cannot be found out says so. */
export async function hostFacts(signal?: AbortSignal): Promise<HostFact[]> {
  const docker = await dockerFacts(signal);
  const [kind, kubectl, inotify, images] = await Promise.all([
    programFact("kind", ["version", "--quiet"], signal),
    programFact("kubectl", ["version", "--client"], signal),
    inotifyFacts(),
    docker.answers ? imageFacts(signal) : Promise.resolve([]),
  ]);
  const node = { what: "node", found: process.version };
  return [node, ...docker.facts, kind, kubectl, ...inotify, ...images];
}

async function dockerFacts(
  signal: AbortSignal | undefined,
): Promise<{ readonly answers: boolean; readonly facts: readonly HostFact[] }> {
  const format = "{{.ServerVersion}}\t{{.MemTotal}}\t{{.NCPU}}\t{{.DockerRootDir}}";
  const answer = await output("docker", ["info", "--format", format], signal);
  const [version = "", memory = "", cpus = "", directory = ""] = (answer ?? "").trim().split("\t");
  if (version === "") return { answers: false, facts: [] };
  const disk = await statfs(directory).catch(() => undefined);
  const free = disk === undefined ? "unknown" : `${gigabytes(disk.bavail * disk.bsize)} free`;
  return {
    answers: true,
    facts: [
      { what: "docker", found: version },
      memoryFact(Number(memory), Number(cpus)),
      { what: "disk", found: `${free} in ${directory}` },
    ],
  };
}

/** Memory and processors that Docker may use; in a virtual machine they are its own. */
export function memoryFact(bytes: number, cpus: number): HostFact {
  const found = `${gigabytes(bytes)}, ${cpus} CPUs`;
  if (bytes / GB >= COMFORTABLE_MEMORY_GB) return { what: "memory", found };
  const fix = `give Docker ${COMFORTABLE_MEMORY_GB} GB, or collectors may be killed for memory`;
  return { what: "memory", found, fix };
}

async function programFact(
  name: "kind" | "kubectl",
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<HostFact> {
  const version = /v?\d+\.\d+\.\d+\S*/.exec((await output(name, args, signal)) ?? "")?.[0];
  if (version !== undefined) return { what: name, found: `${version} on the PATH` };
  const path = await builtEarlier(buildContext({ signal }), name);
  const found = path === undefined ? "none; the first run builds it" : `built earlier: ${path}`;
  return { what: name, found };
}

async function inotifyFacts(): Promise<HostFact[]> {
  return (await inotifyLimits()).map(({ limit, current, wanted, fix }) => {
    const found = `${current}, several nodes need ${wanted}`;
    return { what: `fs.inotify.${limit}`, found, ...(current < wanted ? { fix } : {}) };
  });
}

async function imageFacts(signal: AbortSignal | undefined): Promise<HostFact[]> {
  const facts = Object.values(IMAGES).map(async (name) => {
    const image = await localImage(name, signal).catch(() => undefined);
    signal?.throwIfAborted();
    const absent = "not in Docker; the first run pulls or builds it";
    return { what: name, found: image?.id.slice(0, "sha256:".length + 12) ?? absent };
  });
  return Promise.all(facts);
}

async function output(
  file: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const answer = await execute(file, args, { signal, timeoutMs: ANSWER_MS }).catch(() => undefined);
  signal?.throwIfAborted();
  return answer?.exitCode === 0 ? answer.stdout : undefined;
}

const gigabytes = (bytes: number): string => `${(bytes / GB).toFixed(1)} GB`;
