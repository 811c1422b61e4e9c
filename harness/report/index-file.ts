/** reports/index.jsonl, one line a run, and the `latest` link. */
import { appendFile, rename, rm, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import type { RunRecord } from "../model/run-record.js";
import { SIGNALS } from "../model/signal.js";
import type { Verdict } from "../model/verdict.js";

export const INDEX_SCHEMA_VERSION = 1;

/** Where a run stands in a suite. */
export interface SuitePlace {
  /** The suite's ID: reports/suites/ID.json is its plan. */
  readonly suite: string;
  /** Its place in the plan, from 1. */
  readonly suiteRun: number;
}

interface IndexLine extends Partial<SuitePlace> {
  readonly schemaVersion: typeof INDEX_SCHEMA_VERSION;
  readonly runId: string;
  readonly scenario: string;
  readonly verdict: Verdict;
  readonly seed: string;
  readonly gitSha: string;
  readonly dirty: boolean;
  readonly strict: boolean;
  readonly startedAt: string;
  /** The run's directory, from the reports directory. */
  readonly dir: string;
  /** Items of all signals. */
  readonly acked: number;
  readonly lostExplained: number;
  readonly lostUnexplained: number;
  readonly figures: Readonly<Record<string, number>>;
}

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
  const line = { ...lineOf(record, dir), ...place };
  await appendFile(join(reportsDir, "index.jsonl"), `${JSON.stringify(line)}\n`);
  await pointAt(join(reportsDir, "latest"), dir);
}

function lineOf(record: RunRecord, dir: string): IndexLine {
  const total = (column: "acked" | "lostExplained" | "lostUnexplained"): number =>
    SIGNALS.reduce((sum, signal) => sum + record.accounting[signal][column], 0);
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
    acked: total("acked"),
    lostExplained: total("lostExplained"),
    lostUnexplained: total("lostUnexplained"),
    figures: record.figures,
  };
}

/** Replaces the link in one step, so that a reader never finds it missing. */
async function pointAt(link: string, target: string): Promise<void> {
  const fresh = `${link}.${String(process.pid)}`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, link);
}
