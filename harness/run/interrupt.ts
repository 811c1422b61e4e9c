/** Ctrl-C: the first asks the run to heal, save and leave; the second, at least a second later, stops at once. */
import { setMaxListeners } from "node:events";
import { EXIT } from "../model/verdict.js";

/** npm passes one key press on twice, so what follows within this time is the same request. */
const SAME_REQUEST_MS = 1_000;

export interface InterruptWatch {
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  stop(): void;
}

/** Listens for SIGINT and SIGTERM. `onFirst` runs once, before the signal aborts. */
export function watchInterrupts(
  onFirst: () => void,
  exit: (code: number) => void = (code) => process.exit(code),
  now: () => number = Date.now,
): InterruptWatch {
  const controller = new AbortController();
  // Every wait, request and program of a run listens: more than Node takes for a leak.
  setMaxListeners(0, controller.signal);
  let firstAtMs: number | undefined;
  const listener = (): void => {
    if (firstAtMs === undefined) {
      firstAtMs = now();
      onFirst();
      controller.abort();
    } else if (now() - firstAtMs >= SAME_REQUEST_MS) {
      exit(EXIT.interrupted);
    }
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return {
    signal: controller.signal,
    stop: () => {
      process.off("SIGINT", listener);
      process.off("SIGTERM", listener);
    },
  };
}
