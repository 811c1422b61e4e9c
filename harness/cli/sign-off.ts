/** `chaos report --sign-off`: gathers the runs that a release rests on and writes the decision. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { suites } from "../../scenarios/suites.js";
import { messageOf, UsageError } from "../model/errors.js";
import { isControl, type Scenario } from "../model/scenario.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { readIndex, sameTarget, type IndexLine } from "../report/index-file.js";
import { writeJsonFile } from "../report/json-file.js";
import { oneLine } from "../report/one-line.js";
import { SIGN_OFF_SCHEMA_VERSION, SignOff } from "../report/sign-off-record.js";
import { signOffHtml } from "../report/sign-off-html.js";
import type { RequiredScenario, RunOnFile } from "../report/sign-off-input.js";
import { signOff } from "../report/sign-off.js";
import { readWaivers } from "../report/waivers.js";
import { readStoredRun } from "../run/stored-run.js";

export interface SignOffOptions {
  readonly version: string;
  readonly suite: string;
  readonly waivers: string | undefined;
  readonly repetitions: number;
  readonly strict: boolean;
  readonly output: string;
}

/**
 * Writes signoff/VERSION.html and .json. Without `paths`: all runs in index.jsonl of the suite's scenarios that are
 * of the same commit as the newest of them.
 */
export async function writeSignOff(
  paths: readonly string[],
  options: SignOffOptions,
): Promise<ExitCode> {
  const { version, suite } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(version)) {
    throw new UsageError(`--sign-off ${version}: a version has letters, digits, dots, +, - and _`);
  }
  const reportsDir = resolve(options.output);
  const required = scenariosOf(suite).map((scenario): RequiredScenario => ({
    name: scenario.name,
    control: isControl(scenario),
    spec: scenario,
  }));
  // What another deployment or collector did under a scenario says nothing of what is released.
  const index = (await readIndex(reportsDir)).filter((line) =>
    scenariosOf(suite).some(
      ({ name, deployment }) => name === line.scenario && sameTarget(line, { deployment }),
    ),
  );
  const chosen = paths.length > 0 ? paths : newestOf(required, index, reportsDir);
  const { runs, unreadable } = await readRuns(chosen, reportsDir, paths.length > 0);
  checkOfSuite(runs, required, suite);
  const record = signOff({
    ...options,
    now: new Date(),
    required,
    runs,
    unreadable,
    others: index,
    waivers: options.waivers === undefined ? [] : await readWaivers(options.waivers),
  });
  await write(record, join(reportsDir, "signoff"));
  return record.decision === "approved" ? EXIT.pass : EXIT.fail;
}

function scenariosOf(suite: string): readonly Scenario[] {
  const found = Object.entries(suites).find(([name]) => name === suite);
  if (found !== undefined) return found[1];
  throw new UsageError(`--suite ${suite}: there are ${Object.keys(suites).join(", ")}`);
}

function newestOf(
  required: readonly RequiredScenario[],
  index: readonly IndexLine[],
  reportsDir: string,
): readonly string[] {
  const names = new Set(required.map(({ name }) => name));
  const own = index.filter(({ scenario }) => names.has(scenario));
  const commit = own.at(-1)?.gitSha;
  return own.filter(({ gitSha }) => gitSha === commit).map(({ dir }) => join(reportsDir, dir));
}

/** Each run once. One that was named must be there; one of the index that is gone is missing. */
async function readRuns(
  paths: readonly string[],
  reportsDir: string,
  named: boolean,
): Promise<{ runs: RunOnFile[]; unreadable: string[] }> {
  const runs = new Map<string, RunOnFile>();
  const unreadable: string[] = [];
  for (const path of paths) {
    try {
      const { record, runDir } = await readStoredRun(path);
      const file = join(runDir, "run.json");
      const sha256 = createHash("sha256")
        .update(await readFile(file))
        .digest("hex");
      runs.set(runDir, { record, sha256, path: relative(reportsDir, file) });
    } catch (thrown) {
      if (named || !(thrown instanceof UsageError)) throw thrown;
      unreadable.push(messageOf(thrown));
    }
  }
  return { runs: [...runs.values()], unreadable };
}

function checkOfSuite(
  runs: readonly RunOnFile[],
  required: readonly RequiredScenario[],
  suite: string,
): void {
  const stranger = runs.find(
    ({ record }) => !required.some(({ name }) => name === record.scenario.name),
  );
  if (stranger === undefined) return;
  const { runId, scenario } = stranger.record;
  throw new UsageError(
    `${runId}: its scenario ${scenario.name} is not in suite ${suite}; leave it out`,
  );
}

async function write(record: SignOff, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const kind = { name: "sign-off", schema: SignOff, version: SIGN_OFF_SCHEMA_VERSION };
  await writeJsonFile(join(dir, `${record.version}.json`), kind, record);
  const path = join(dir, `${record.version}.html`);
  await writeFile(path, signOffHtml(record));
  const lines = [
    `${record.decision}: ${record.version}`,
    ...record.missing.map((one) => `  ✗ ${oneLine(one)}`),
    ...record.unusedWaivers.map((one) => `  ! waiver not used: ${oneLine(one)}`),
    `sign-off  ${relative(process.cwd(), path)}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
