/** Judges a sealed history and writes the reports; needs nothing but the run's directory. */
import { join } from "node:path";
import { openHistory } from "../history/open-history.js";
import { judge } from "../invariants/judge.js";
import { NAMESPACE } from "../model/ids.js";
import { RUN_SCHEMA_VERSION, type RunRecord } from "../model/run-record.js";
import { seriesOf } from "../report/series-from-history.js";
import { writeReports } from "../report/write-reports.js";
import { readContext, type RunContext } from "./context.js";

export const HISTORY_DIR = "history";
/** Logs of the collectors' pods, as collect.ts keeps them, below the run's directory. */
export const logsDirectory = ({ environment }: Pick<RunContext, "environment">): string =>
  `logs/${environment.borrowed?.namespace ?? NAMESPACE}/logs`;

/** Judges the run in `runDir` with the current checkers. `strict` overrides what the run was made with. */
export async function analyze(
  runDir: string,
  options: { strict?: boolean | undefined } = {},
): Promise<RunRecord> {
  const context = await readContext(runDir);
  const strict = options.strict ?? context.strict;
  const history = await openHistory(join(runDir, HISTORY_DIR));
  try {
    const judgement = await judge(history, { strict });
    const series = await seriesOf(history, join(runDir, logsDirectory(context)));
    const record: RunRecord = {
      ...context,
      schemaVersion: RUN_SCHEMA_VERSION,
      strict,
      command: strict ? withStrict(context.command) : context.command,
      ...judgement,
      delivery: series.delivery,
    };
    await writeReports(runDir, record, series);
    return record;
  } finally {
    await history.close();
  }
}

const withStrict = (command: string): string =>
  / --strict\b/.test(command) ? command : `${command} --strict`;
