/** What is to be reported of a run that the harness or its host broke. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { HarnessError, messageOf } from "../model/errors.js";
import { runIdOf } from "../model/ids.js";
import type { BrokenRun } from "../report/suite-run.js";
import type { RunOptions } from "../run/options.js";
import type { PlannedRun } from "./planned-runs.js";

export const brokenRun = (
  thrown: unknown,
  { scenario: { name, deployment }, repetition }: PlannedRun,
  { seed, rerunCommand }: RunOptions,
  startedAt: Date,
): BrokenRun => ({
  kind: "broken",
  scenario: name,
  deployment,
  repetition,
  seed: String(seed),
  command: rerunCommand(name),
  runDir: undefined,
  seconds: (Date.now() - startedAt.getTime()) / 1_000,
  message: messageOf(thrown),
  lastSeen: thrown instanceof HarnessError ? thrown.lastSeen : undefined,
  fix:
    thrown instanceof Error && "fix" in thrown && typeof thrown.fix === "string"
      ? thrown.fix
      : undefined,
});

/** The directory that the run made before it broke, if it came so far: names sort by time. */
export async function directoryOf(
  scenario: string,
  { reportsDir, seed }: RunOptions,
  startedAt: Date,
): Promise<string | undefined> {
  const directory = join(reportsDir, "runs", scenario);
  const newest = (await readdir(directory).catch(() => [])).sort().at(-1);
  return newest !== undefined && newest >= runIdOf(startedAt, seed)
    ? join(directory, newest)
    : undefined;
}
