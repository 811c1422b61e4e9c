/**
 * What the builds of one process share: how many may run, what is being built already, where
 * progress goes.
 */
import { setMaxListeners } from "node:events";
import type { WorkOptions } from "../command.js";
import { limitTo, type Limit } from "../limit.js";

/** Compilers and debootstrap fill a small machine quickly. */
const BUILDS_AT_ONCE = 2;

export interface BuildContext extends WorkOptions {
  readonly limit: Limit;
  readonly say: (line: string) => void;
  /** Runs the work of a key once; later callers get the same result. */
  readonly once: <T>(key: string, work: () => Promise<T>) => Promise<T>;
}

export function buildContext(work: WorkOptions): BuildContext {
  const started = new Map<string, Promise<unknown>>();
  // Every program that runs listens for the abort; there are more than Node expects.
  if (work.signal !== undefined) setMaxListeners(0, work.signal);
  return {
    ...work,
    limit: limitTo(BUILDS_AT_ONCE),
    say: (line) => work.onProgress?.(line),
    once: <T>(key: string, start: () => Promise<T>): Promise<T> => {
      const running = started.get(key) ?? start();
      started.set(key, running);
      return running as Promise<T>;
    },
  };
}

/** Does the work when there is a free place, and says how long it took. */
export async function timed<T>(
  context: BuildContext,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  return context.limit(async () => {
    context.signal?.throwIfAborted();
    context.say(`building ${what}`);
    const startedAt = performance.now();
    const result = await work();
    context.say(`built ${what} in ${Math.round((performance.now() - startedAt) / 1000)} s`);
    return result;
  });
}
