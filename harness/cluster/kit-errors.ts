/** Carries kind-node's errors over into the harness's own, with their fix and last words. */
import { KitError } from "kind-node";
import { HarnessError } from "../model/errors.js";

/** Awaits work of kind-node; its KitError becomes a HarnessError, anything else stays. */
export async function kit<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (!(thrown instanceof KitError)) throw thrown;
    const fix = thrown.fix ?? thrown.command;
    const lastSeen = thrown.stderr;
    throw new HarnessError(thrown.message, {
      ...(fix === undefined ? {} : { fix }),
      ...(lastSeen === undefined ? {} : { lastSeen }),
      cause: thrown,
    });
  }
}
