/**
 * What is the same in both pod entries: settings from the environment, lines for the pod's log, the
 * end.
 */
import { messageOf, UsageError } from "../model/errors.js";

/** A setting from the environment; UsageError when it is missing. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new UsageError(`${name} is not set: set it in the pod`);
  return value;
}

/** One line in the pod's log. */
export const log = (text: string): void => {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
};

/**
 * Runs a pod: `start` gets what to call with a fatal error and returns what to do at SIGTERM or
 * SIGINT, after which the process exits with 0 at once. An error anywhere is logged and exits with
 * 70: the pod restarts, and its journal shows that.
 */
export function runPod(
  start: (fatal: (error: unknown) => void) => Promise<{ close(): Promise<void> }>,
): void {
  const die = (error: unknown): never => {
    log(`fatal: ${messageOf(error)}`);
    process.exit(70);
  };
  process.on("uncaughtException", die);
  process.on("unhandledRejection", die);
  start(die).then((pod) => {
    const end = (): void => {
      pod.close().then(() => process.exit(0), die);
    };
    process.once("SIGTERM", end);
    process.once("SIGINT", end);
  }, die);
}
