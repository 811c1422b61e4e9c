/**
 * Pulls an image, through a mirror when there is one, and gives up early on a registry that does
 * not answer.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { run, type WorkOptions } from "./command.js";
import { KitError, messageOf } from "./errors.js";
import { mirroredName } from "./mirror.js";

export interface PullOptions extends WorkOptions {
  readonly registryMirror?: string | undefined;
  /** How long the registry may take to say that it has the image. */
  readonly answerWithinMs: number;
}

/** Throws a KitError when the registry does not answer in time, or does not have the image. */
export async function pullImage(name: string, options: PullOptions): Promise<void> {
  const { registryMirror, answerWithinMs, onProgress, signal } = options;
  const source = registryMirror === undefined ? name : mirroredName(name, registryMirror);
  const silence = new AbortController();
  const answered = new AbortController();
  const watch = silenceAfter(answerWithinMs, silence, answered.signal);
  const signals = signal === undefined ? [silence.signal] : [silence.signal, signal];
  try {
    await run("docker", ["pull", source], {
      signal: AbortSignal.any(signals),
      // Docker speaks first when the registry has handed out the manifest.
      onLine: (line) => {
        answered.abort();
        onProgress?.(`pull ${source}: ${line}`);
      },
    });
  } catch (error) {
    signal?.throwIfAborted();
    const stderr = error instanceof KitError ? error.stderr : undefined;
    const reason = silence.signal.aborted
      ? `its registry does not answer within ${answerWithinMs / 1000} s`
      : (stderr ?? messageOf(error)).replace(/^Error response from daemon: /, "");
    throw new KitError(`cannot pull ${source}: ${reason}`, {
      command: `docker pull ${source}`,
      fix: "check the name and the network, give --registry-mirror, or use --images build",
      stderr,
      cause: error,
    });
  } finally {
    answered.abort();
    await watch;
  }
  if (source !== name) {
    await run("docker", ["tag", source, name], { signal });
    await run("docker", ["image", "rm", source], { signal });
  }
}

async function silenceAfter(
  ms: number,
  silence: AbortController,
  answered: AbortSignal,
): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: answered });
    silence.abort();
  } catch {
    // It answered.
  }
}
