/** reports/index.jsonl, a line a run and one more each time that it is judged again, and the `latest` link. */
import { appendFile, readFile, realpath, rename, rm, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import type { RunRecord } from "../model/run-record.js";
import { deploymentText } from "../model/scenario.js";
import type { Verdict } from "../model/verdict.js";
import { parseJsonText } from "./json-file.js";
import { Measures, measuresOf, total } from "./measures.js";
import { causeOf, controlResult } from "./verdict-words.js";
import { workloadSha256 } from "./workload-identity.js";

export const INDEX_SCHEMA_VERSION = 1;

/** Where a run stands in a suite. */
export interface SuitePlace {
  /** The suite's ID: reports/suites/ID.json is its plan. */
  readonly suite: string;
  /** Its place in the plan, from 1. */
  readonly suiteRun: number;
}

const count = z.number().int().nonnegative();

/** Members that are optional are missing in lines of older versions. */
export const IndexLine = z.object({
  schemaVersion: z.literal(INDEX_SCHEMA_VERSION),
  runId: z.string(),
  scenario: z.string(),
  verdict: z.enum(["pass", "inconclusive", "fail"]),
  seed: z.string(),
  gitSha: z.string(),
  dirty: z.boolean(),
  strict: z.boolean(),
  startedAt: z.iso.datetime(),
  dir: z.string().describe("the run's directory, from the reports directory"),
  acked: count.describe("items of all signals"),
  lostExplained: count,
  lostUnexplained: count,
  figures: z.record(z.string(), z.number()),
  controlMet: z.boolean().optional().describe("of a control: whether it was found out"),
  context: z.string().optional().describe("of a borrowed cluster: the kubeconfig's name for it"),
  shortened: z.boolean().optional().describe("the load was shorter than the scenario's own"),
  deployment: z.string().optional().describe("what was under test"),
  overlay: z.string().optional().describe("what the scenario changes about it"),
  collectorImage: z.string().optional().describe("of every collector, where one was asked for"),
  cause: z.string().optional().describe("of the verdict, in one sentence"),
  workloadSha256: z.string().optional().describe("equal for runs with the same load and faults"),
  measures: Measures.optional(),
  suite: z.string().optional().describe("ID of its suite: reports/suites/ID.json is the plan"),
  suiteRun: z.number().int().positive().optional().describe("its place in the plan, from 1"),
});
export type IndexLine = z.infer<typeof IndexLine>;

/**
 * Appends the run, with its place in a suite, to `reportsDir`/index.jsonl and
 * points `reportsDir`/latest at its directory.
 */
export async function indexRun(
  reportsDir: string,
  runDir: string,
  record: RunRecord,
  place?: SuitePlace,
): Promise<void> {
  const dir = relative(reportsDir, runDir);
  await appendLine(reportsDir, { ...indexLineOf(record, dir), ...place });
  await pointAt(join(reportsDir, "latest"), dir);
}

/** Appends what a run that was judged again is now; nothing for one that no index has. */
export async function indexAgain(runDir: string, record: RunRecord): Promise<void> {
  const real = await realpath(runDir);
  const reportsDir = join(real, "../../..");
  const dir = relative(reportsDir, real);
  const known = (await readIndex(reportsDir)).find((line) => line.dir === dir);
  if (known === undefined) return;
  const { suite, suiteRun } = known;
  const place = suite === undefined ? {} : { suite, suiteRun };
  await appendLine(reportsDir, { ...indexLineOf(record, dir), ...place });
}

async function appendLine(reportsDir: string, line: IndexLine): Promise<void> {
  const text = JSON.stringify(IndexLine.parse(line));
  await appendFile(join(reportsDir, "index.jsonl"), `${text}\n`);
}

/**
 * The runs of `reportsDir`, oldest first, each as it was judged last; none without an index. UsageError for a line that
 * is none, which names file and line; but the last one may be cut off, for the machine may have died while it was
 * written.
 */
export async function readIndex(reportsDir: string): Promise<readonly IndexLine[]> {
  const path = join(reportsDir, "index.jsonl");
  const text = await readFile(path, "utf8").catch(() => "");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const runs = new Map<string, IndexLine>();
  for (const [index, line] of whole.split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${path}:${String(index + 1)}`;
    const run = parseJsonText(where, line, { schema: IndexLine, version: INDEX_SCHEMA_VERSION });
    runs.set(run.dir, run);
  }
  return [...runs.values()];
}

export function indexLineOf(record: RunRecord, dir: string): IndexLine {
  const measures = measuresOf(record);
  const acked = Object.values(record.accounting).reduce((sum, books) => sum + books.acked, 0);
  const control = controlResult(record);
  const { borrowed } = record.environment;
  return {
    schemaVersion: INDEX_SCHEMA_VERSION,
    runId: record.runId,
    scenario: record.scenario.name,
    verdict: record.verdict,
    seed: record.seed,
    gitSha: record.environment.git.sha,
    dirty: record.environment.git.dirty,
    strict: record.strict,
    startedAt: record.startedAt,
    dir,
    acked,
    lostExplained: total(measures, "lostExplained"),
    lostUnexplained: total(measures, "lostUnexplained"),
    figures: record.figures,
    ...(control === undefined ? {} : { controlMet: control.met }),
    ...(borrowed === undefined ? {} : { context: borrowed.context }),
    ...(record.shortened === undefined ? {} : { shortened: record.shortened }),
    ...targetOf(record),
    cause: causeOf(record),
    workloadSha256: workloadSha256(record),
    measures,
  };
}

/** What was under test, by the name, the overlay and the collector that the run was asked for. */
export function targetOf({ deployment, scenario }: RunRecord): Target {
  const { collectorImage } = scenario.spec;
  return {
    deployment: deployment.name,
    ...(deployment.overlay === undefined ? {} : { overlay: deployment.overlay }),
    ...(typeof collectorImage === "string" ? { collectorImage } : {}),
  };
}

type Target = Pick<IndexLine, "overlay" | "collectorImage"> & { readonly deployment: string };

/** What a line says of it; lines of older versions do not. */
type MaybeTarget = Pick<IndexLine, "deployment" | "overlay" | "collectorImage">;

/** The same words for the same thing under test; null for a line that does not say. */
export const underTest = ({ deployment, ...rest }: MaybeTarget): string | null =>
  deployment === undefined ? null : deploymentText({ deployment, ...rest });

/** Whether two lines are of the same thing under test; one that does not say may be of any. */
export const sameTarget = (a: MaybeTarget, b: MaybeTarget): boolean =>
  a.deployment === undefined || b.deployment === undefined || underTest(a) === underTest(b);

/** The run's verdict; but a control that was found out counts as a pass, and one that was not as a failure. */
export const countsOf = ({ verdict, controlMet }: IndexLine): Verdict =>
  controlMet === undefined ? verdict : controlMet ? "pass" : "fail";

/** Replaces the link in one step, so that a reader never finds it missing. */
async function pointAt(link: string, target: string): Promise<void> {
  const fresh = `${link}.${String(process.pid)}`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, link);
}
