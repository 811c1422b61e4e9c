/** Programs beside the images: from the PATH, or built from their Go modules into the cache. */
import { buildContext } from "./build/context.js";
import { builtEarlier, buildPrograms } from "./build/programs.js";
import { execute, type WorkOptions } from "./command.js";
import type { ProgramName } from "./versions.js";

/** Older ones do not know the containerd of current node images. */
const OLDEST_KIND_MINOR = 27;

/**
 * Path of a kind program, v0.27 or newer. Throws a KitError when there is none and it cannot be
 * built.
 */
export async function ensureKind(work: WorkOptions = {}): Promise<string> {
  const version = await outputOf("kind", ["version", "--quiet"], work);
  const minor = Number(/0\.(\d+)\./.exec(version ?? "")?.[1] ?? 0);
  return minor >= OLDEST_KIND_MINOR ? "kind" : built("kind", work);
}

/** Path of a kubectl program. Throws a KitError when there is none and it cannot be built. */
export async function ensureKubectl(work: WorkOptions = {}): Promise<string> {
  const version = await outputOf("kubectl", ["version", "--client"], work);
  return version === undefined ? built("kubectl", work) : "kubectl";
}

/** Path of a kubectl program that is there already: on the PATH or built earlier. Builds nothing. */
export async function findKubectl(work: WorkOptions = {}): Promise<string | undefined> {
  const version = await outputOf("kubectl", ["version", "--client"], work);
  return version === undefined ? builtEarlier(buildContext(work), "kubectl") : "kubectl";
}

/**
 * Path of a static toxiproxy-server, for copying into a node: always our own build, as one of the PATH may need what a
 * node has not. Throws a KitError when it cannot be built.
 */
export const ensureToxiproxy = (work: WorkOptions = {}): Promise<string> =>
  built("toxiproxy-server", work);

async function built(name: ProgramName, work: WorkOptions): Promise<string> {
  return (await buildPrograms(buildContext(work), [name]))[name].path;
}

/** What a program on the PATH prints; undefined when there is none or it fails. */
async function outputOf(
  file: string,
  args: readonly string[],
  { signal }: WorkOptions,
): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await execute(file, args, { signal, timeoutMs: 10_000 });
    return exitCode === 0 ? stdout : undefined;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}
