/** suite.json: the runs of a suite side by side, and what the runs before them came to. */
import { z } from "zod";
import { deploymentText } from "../model/scenario.js";
import { mergeVerdicts, type Verdict } from "../model/verdict.js";
import {
  countsOf,
  indexLineOf,
  sameTarget,
  targetOf,
  underTest,
  type IndexLine,
} from "./index-file.js";
import { Measures, measuresOf, total } from "./measures.js";
import type { SuiteRun } from "./suite-run.js";
import { causeOf, controlResult } from "./verdict-words.js";

export const SUITE_SCHEMA_VERSION = 1;
/** Earlier runs of a scenario that are shown. */
export const STRIP_LENGTH = 20;

const verdict = z.enum(["pass", "inconclusive", "fail"]);
const count = z.number().int().nonnegative();

const JudgedEntry = z.object({
  kind: z.literal("judged"),
  runId: z.string(),
  scenario: z.string(),
  verdict,
  counts: verdict.describe("the same, but a control that was found out counts as a pass"),
  control: z
    .boolean()
    .optional()
    .describe("known to be wrong; missing in records of older versions"),
  headline: z.string().describe("the cause; before it, of a control, whether it was found out"),
  seed: z.string(),
  commit: z.string(),
  dirty: z.boolean(),
  strict: z.boolean(),
  shortened: z.boolean(),
  deployment: z.string().optional().describe("what was under test, with overlay and collector"),
  startedAt: z.iso.datetime(),
  command: z.string().optional().describe("repeats it; missing in records of older versions"),
  measures: Measures,
  report: z.string().describe("path of report.html, from the directory of this file"),
});

const BrokenEntry = z.object({
  kind: z.literal("broken"),
  scenario: z.string(),
  seed: z.string(),
  headline: z.string(),
  command: z.string().optional().describe("repeats it; missing in records of older versions"),
  durationMs: z.number(),
});

const PastRun = z.object({
  runId: z.string(),
  verdict,
  counts: verdict,
  startedAt: z.iso.datetime(),
  commit: z.string(),
  expected: count.nullable().describe("null in what older versions recorded"),
  lostExplained: count,
  lostUnexplained: count,
  recoveryMs: z.number().nullable(),
});

const Past = z.object({
  scenario: z.string(),
  deployment: z.string().optional().describe("of these runs; absent when a suite has but one"),
  runs: z.array(PastRun).describe("oldest first"),
  flaky: z
    .array(z.object({ commit: z.string(), counts: z.partialRecord(verdict, count) }))
    .describe("commits at which equal runs had different verdicts"),
});

export const SuiteRecord = z.object({
  schemaVersion: z.literal(SUITE_SCHEMA_VERSION),
  createdAt: z.iso.datetime(),
  verdict: z.enum(["pass", "inconclusive", "fail", "broken"]),
  runs: z.array(z.discriminatedUnion("kind", [JudgedEntry, BrokenEntry])),
  past: z.array(Past).describe("of each scenario in `runs`"),
});
export type SuiteRecord = z.infer<typeof SuiteRecord>;
export type SuiteEntry = SuiteRecord["runs"][number];
export type ScenarioPast = SuiteRecord["past"][number];

/** `reportOf` gives the path of a run's report from where the record will lie. */
export function suiteRecord(
  runs: readonly SuiteRun[],
  index: readonly IndexLine[],
  { createdAt, reportOf }: { createdAt: Date; reportOf: (runDir: string) => string },
): SuiteRecord {
  const entries = runs.map((run) => entryOf(run, reportOf));
  const verdicts = entries.flatMap((entry) => (entry.kind === "judged" ? [entry.counts] : []));
  const broken = entries.some(({ kind }) => kind === "broken");
  const known = new Set(index.map(({ runId, scenario }) => `${scenario} ${runId}`));
  const fresh = runs.flatMap((run) =>
    run.kind === "judged" && !known.has(`${run.record.scenario.name} ${run.record.runId}`)
      ? [indexLineOf(run.record, run.runDir)]
      : [],
  );
  const lines = [...index, ...fresh].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  return {
    schemaVersion: SUITE_SCHEMA_VERSION,
    createdAt: createdAt.toISOString(),
    verdict: broken ? "broken" : mergeVerdicts(verdicts),
    runs: entries,
    past: pastsOf(runs, lines),
  };
}

function entryOf(run: SuiteRun, reportOf: (runDir: string) => string): SuiteEntry {
  if (run.kind === "broken") {
    const { scenario, seed, message, command, seconds } = run;
    const durationMs = seconds * 1_000;
    return { kind: "broken", scenario, seed, headline: message, command, durationMs };
  }
  const { record, runDir } = run;
  const control = controlResult(record);
  return {
    kind: "judged",
    runId: record.runId,
    scenario: record.scenario.name,
    verdict: record.verdict,
    counts: control === undefined ? record.verdict : control.met ? "pass" : "fail",
    control: control !== undefined,
    headline: control === undefined ? causeOf(record) : `${control.short} ${causeOf(record)}`,
    seed: record.seed,
    commit: record.environment.git.sha,
    dirty: record.environment.git.dirty,
    strict: record.strict,
    shortened: record.shortened ?? false,
    deployment: deploymentText(targetOf(record)),
    startedAt: record.startedAt,
    command: record.command,
    measures: measuresOf(record),
    report: reportOf(runDir),
  };
}

/** One past for each scenario on each deployment of the suite: what one of them did says nothing of another. */
function pastsOf(runs: readonly SuiteRun[], index: readonly IndexLine[]): ScenarioPast[] {
  const groups = new Map<string, { scenario: string; target: Partial<IndexLine> }>();
  for (const run of runs) {
    const { scenario, ...target } =
      run.kind === "judged"
        ? { scenario: run.record.scenario.name, ...targetOf(run.record) }
        : { scenario: run.scenario, deployment: run.deployment };
    const key = `${scenario} ${underTest(target) ?? ""}`;
    if (!groups.has(key)) groups.set(key, { scenario, target });
  }
  const targets = new Set([...groups.values()].map(({ target }) => underTest(target)));
  return [...groups.values()].map(({ scenario, target }) => {
    const own = index.filter((line) => line.scenario === scenario && sameTarget(line, target));
    const deployment = underTest(target);
    return {
      scenario,
      ...(deployment === null || targets.size < 2 ? {} : { deployment }),
      runs: own.slice(-STRIP_LENGTH).map(pastRun),
      flaky: flakyOf(own),
    };
  });
}

const pastRun = (line: IndexLine): ScenarioPast["runs"][number] => ({
  runId: line.runId,
  verdict: line.verdict,
  counts: countsOf(line),
  startedAt: line.startedAt,
  commit: line.gitSha,
  expected: line.measures === undefined ? null : total(line.measures, "expected"),
  lostExplained: line.lostExplained,
  lostUnexplained: line.lostUnexplained,
  recoveryMs: line.measures?.recoveryMs ?? null,
});

/**
 * Commits at which runs that ought to agree do not: the same scenario, load, faults and strictness, from a
 * clean tree. What two dirty trees have in common nobody knows.
 */
function flakyOf(lines: readonly IndexLine[]): ScenarioPast["flaky"] {
  const groups = new Map<string, IndexLine[]>();
  for (const line of lines) {
    if (line.dirty) continue;
    const load = [line.shortened ?? false, line.workloadSha256];
    const key = [line.gitSha, line.strict, ...load, underTest(line)].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].flatMap((group) => {
    const counts: Partial<Record<Verdict, number>> = {};
    for (const line of group) counts[countsOf(line)] = (counts[countsOf(line)] ?? 0) + 1;
    const commit = group[0]?.gitSha ?? "";
    return Object.keys(counts).length > 1 ? [{ commit, counts }] : [];
  });
}
