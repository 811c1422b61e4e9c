/** What a reports directory knows of the runs before one: verdicts and trends, and how this one compares. */
import { existsSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { RunRecord } from "../model/run-record.js";
import { compare, isPassOf, type Comparison } from "./compare.js";
import { readIndex, sameTarget, targetOf, type IndexLine } from "./index-file.js";
import { readJsonFile } from "./json-file.js";
import { readRunRecord } from "./run-file.js";
import { SIGN_OFF_SCHEMA_VERSION, SignOff } from "./sign-off-record.js";
import { suiteRecord, type ScenarioPast } from "./suite.js";
import { workloadSha256 } from "./workload-identity.js";

export interface EarlierRuns {
  readonly past: ScenarioPast;
  /** With the run before, and with the last release or else the newest good run of another commit. */
  readonly comparisons: readonly { readonly base: string; readonly comparison: Comparison }[];
}

interface OnRecord {
  readonly reportsDir: string;
  /** Oldest first. */
  readonly index: readonly IndexLine[];
}

/**
 * Of a run that lies in its reports directory, as `runs/SCENARIO/RUN`. Undefined when that has no index that can be
 * read: no report may fail for what other runs left behind. Runs that began later are not in it.
 */
export async function earlierRuns(
  runDir: string,
  record: RunRecord,
): Promise<EarlierRuns | undefined> {
  try {
    const reportsDir = join(await realpath(runDir), "../../..");
    if (!existsSync(join(reportsDir, "index.jsonl"))) return undefined;
    const all = await readIndex(reportsDir);
    const index = all.filter(({ startedAt }) => startedAt < record.startedAt);
    const run = { kind: "judged", record, runDir } as const;
    const [past] = suiteRecord([run], index, {
      createdAt: new Date(0),
      reportOf: (dir) => dir,
    }).past;
    if (past === undefined) return undefined;
    return { past, comparisons: await comparisonsOf(record, { reportsDir, index }) };
  } catch {
    return undefined;
  }
}

/** The newest run that passed with the same load and faults on another commit, from a clean tree. */
export const baselineOf = (
  candidate: RunRecord,
  { reportsDir, index }: OnRecord,
): Promise<RunRecord | undefined> =>
  newestOnDisk(
    index.filter(
      (line) =>
        line.gitSha !== candidate.environment.git.sha &&
        !line.dirty &&
        isPassOf(line, candidate) &&
        sameTarget(line, targetOf(candidate)),
    ),
    reportsDir,
  );

async function comparisonsOf(
  record: RunRecord,
  known: OnRecord,
): Promise<EarlierRuns["comparisons"]> {
  const bases: { base: string; of: RunRecord | undefined }[] = [
    { base: "the run before", of: await runBefore(record, known) },
    (await lastRelease(record, known)) ?? {
      base: "the newest run of another commit that passed",
      of: await baselineOf(record, known),
    },
  ];
  return bases.flatMap(({ base, of }, at) =>
    of === undefined || bases.findIndex((one) => one.of?.runId === of.runId) < at
      ? []
      : [{ base, comparison: compare(of, record, known.index) }],
  );
}

/** Whatever its verdict was. */
const runBefore = (
  record: RunRecord,
  { reportsDir, index }: OnRecord,
): Promise<RunRecord | undefined> =>
  newestOnDisk(
    index.filter(
      (line) =>
        line.scenario === record.scenario.name &&
        line.workloadSha256 === workloadSha256(record) &&
        line.context === record.environment.borrowed?.context &&
        sameTarget(line, targetOf(record)),
    ),
    reportsDir,
  );

/** The newest good run of the commit that was approved last; undefined when none was or no run of it is left. */
async function lastRelease(
  record: RunRecord,
  { reportsDir, index }: OnRecord,
): Promise<{ base: string; of: RunRecord } | undefined> {
  const approved = (await signOffs(reportsDir))
    .filter(({ decision, createdAt }) => decision === "approved" && createdAt < record.startedAt)
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
    .at(-1);
  if (approved === undefined) return undefined;
  const lines = index.filter(
    (line) =>
      line.gitSha === approved.released.commit &&
      isPassOf(line, record) &&
      sameTarget(line, targetOf(record)),
  );
  const of = await newestOnDisk(lines, reportsDir);
  return of === undefined ? undefined : { base: `release ${approved.version}`, of };
}

async function signOffs(reportsDir: string): Promise<readonly SignOff[]> {
  const dir = join(reportsDir, "signoff");
  const kind = { name: "sign-off", schema: SignOff, version: SIGN_OFF_SCHEMA_VERSION };
  const files = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith(".json"));
  return Promise.all(files.map((name) => readJsonFile(join(dir, name), kind, "remove it")));
}

/** The directories of old runs may have been removed. */
async function newestOnDisk(
  lines: readonly IndexLine[],
  reportsDir: string,
): Promise<RunRecord | undefined> {
  for (const { dir } of [...lines].reverse()) {
    const path = join(reportsDir, dir, "run.json");
    if (existsSync(path)) return readRunRecord(path);
  }
  return undefined;
}
