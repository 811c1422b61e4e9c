/**
 * reports/suites/ID.json: what a command of several runs set out to do. With the lines of index.jsonl that
 * name the suite it tells what is still to be done.
 */
import { access, mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { scenarios } from "../../scenarios/suites.js";
import { UsageError } from "../model/errors.js";
import { readIndex, type IndexLine } from "../report/index-file.js";
import { readRunRecord } from "../report/run-file.js";
import type { JudgedRun } from "../report/suite-run.js";
import { overrideScenario } from "./override-scenario.js";
import { plannedRun, type PlannedRun } from "./planned-runs.js";

const SUITE_SCHEMA_VERSION = 1;

const SuitePlan = z.object({
  schemaVersion: z.literal(SUITE_SCHEMA_VERSION),
  suite: z.string().describe("the suite's ID, as index.jsonl has it"),
  /** Whether controls must be found out. */
  controls: z.boolean(),
  strict: z.boolean(),
  faults: z.boolean(),
  audit: z.boolean(),
  loadSeconds: z.number().positive().optional(),
  deployment: z.string().optional().describe("asked for in place of corrected"),
  collectorImage: z.string().optional(),
  grep: z.string().optional(),
  grepInvert: z.string().optional(),
  runs: z
    .array(
      z.object({
        scenario: z.string(),
        seed: z.string().describe("decimal text of an unsigned 64-bit number"),
        repetition: z.number().int().positive(),
        deployment: z.string().optional().describe("of this run, where they differ"),
        collectorImage: z.string().optional().describe("the same"),
      }),
    )
    .nonempty(),
});
export type SuitePlan = z.infer<typeof SuitePlan>;

/** One that has been judged, in a suite that is not over. */
export interface FinishedRun {
  readonly planned: PlannedRun;
  readonly run: JudgedRun;
}

export interface UnfinishedSuite {
  readonly plan: SuitePlan;
  readonly finished: readonly FinishedRun[];
  /** With the place of each in the plan, from 1. */
  readonly left: readonly { readonly planned: PlannedRun; readonly position: number }[];
}

const pathOf = (reportsDir: string, suite: string): string =>
  join(reportsDir, "suites", `${suite}.json`);

/** Writes the plan before the first run begins. */
export async function writeSuitePlan(
  reportsDir: string,
  plan: Omit<SuitePlan, "schemaVersion" | "runs"> & { readonly runs: readonly PlannedRun[] },
): Promise<void> {
  const runs = plan.runs.map(({ scenario, seed, ...rest }) => ({
    scenario: scenario.name,
    seed: String(seed),
    ...rest,
  }));
  await mkdir(join(reportsDir, "suites"), { recursive: true });
  const text = JSON.stringify({ schemaVersion: SUITE_SCHEMA_VERSION, ...plan, runs }, null, 2);
  await writeFile(pathOf(reportsDir, plan.suite), `${text}\n`);
}

/**
 * The suite that `given` means: its ID, or the directory of one of its runs. UsageError when there is no
 * such suite, or nothing of it is left to do.
 */
export async function readUnfinishedSuite(
  reportsDir: string,
  given: string,
): Promise<UnfinishedSuite> {
  const lines = await readIndex(reportsDir);
  const plan = await readPlan(reportsDir, given, lines);
  const done = new Map<number, IndexLine>();
  for (const line of lines) {
    if (line.suite === plan.suite && line.suiteRun !== undefined) done.set(line.suiteRun, line);
  }
  const finished: FinishedRun[] = [];
  const left: UnfinishedSuite["left"][number][] = [];
  for (const [index, planned] of plan.runs.map(revive(plan, given)).entries()) {
    const line = done.get(index + 1);
    if (line === undefined) {
      left.push({ planned, position: index + 1 });
      continue;
    }
    const runDir = join(reportsDir, line.dir);
    const record = await readRunRecord(join(runDir, "run.json"));
    const { repetition } = planned;
    finished.push({ planned, run: { kind: "judged", record, runDir, repetition } });
  }
  if (left.length === 0) {
    const count = String(plan.runs.length);
    throw new UsageError(`--resume ${given}: all ${count} runs of the suite are finished`);
  }
  return { plan, finished, left };
}

/** A planned run with the scenario of that name, as the suite overrode it. */
const revive =
  (plan: SuitePlan, given: string) =>
  ({ scenario: name, seed, repetition, ...own }: SuitePlan["runs"][number]): PlannedRun => {
    const scenario = scenarios.find((one) => one.name === name);
    if (scenario === undefined) {
      throw new UsageError(`--resume ${given}: its scenario ${name} does not exist any more`);
    }
    const { faults, audit, loadSeconds: load } = plan;
    const { deployment, collectorImage } = { ...plan, ...own };
    const changes = { faults, audit, load, deployment, collectorImage };
    const planned = plannedRun(overrideScenario(scenario, changes), BigInt(seed), repetition);
    return { ...planned, ...own };
  };

async function readPlan(
  reportsDir: string,
  given: string,
  lines: readonly IndexLine[],
): Promise<SuitePlan> {
  const isId = /^[\w-]+$/.test(given) && (await exists(pathOf(reportsDir, given)));
  const suite = isId ? given : await suiteOfRun(reportsDir, given, lines);
  const path = pathOf(reportsDir, suite);
  const text = await readFile(path, "utf8").catch(() => {
    throw new UsageError(`--resume ${given}: its plan ${path} is gone; run the suite anew`);
  });
  const parsed = SuitePlan.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${path}: is no plan of a suite of this version; run the suite anew`);
}

async function suiteOfRun(
  reportsDir: string,
  given: string,
  lines: readonly IndexLine[],
): Promise<string> {
  const [directory, reports] = await Promise.all(
    [given, reportsDir].map((path) => realpath(path).catch(() => path)),
  );
  const dir = relative(reports ?? "", directory ?? "");
  const suite = lines.find((line) => line.dir === dir)?.suite;
  if (suite !== undefined) return suite;
  throw new UsageError(
    `--resume ${given}: is neither a suite in ${join(reportsDir, "suites")} nor a run of one`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
