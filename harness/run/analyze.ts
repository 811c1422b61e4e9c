/** Judges a sealed history and writes the reports; needs nothing but the run's directory. */
import { join } from "node:path";
import { judge } from "../invariants/judge.js";
import { RUN_SCHEMA_VERSION, type RunRecord } from "../model/run-record.js";
import { seriesFromHistory } from "../report/series-from-history.js";
import { writeReports } from "../report/write-reports.js";
import { readContext } from "./context.js";

export const HISTORY_DIR = "history";

/** Judges the run in `runDir` with the current checkers. `strict` overrides what the run was made with. */
export async function analyze(
  runDir: string,
  options: { strict?: boolean | undefined } = {},
): Promise<RunRecord> {
  const context = await readContext(runDir);
  const strict = options.strict ?? context.strict;
  const judgement = await judge(join(runDir, HISTORY_DIR), { strict });
  const record: RunRecord = {
    ...context,
    schemaVersion: RUN_SCHEMA_VERSION,
    strict,
    ...judgement,
  };
  const series = await seriesFromHistory(join(runDir, HISTORY_DIR));
  await writeReports(runDir, record, series);
  return record;
}
