/** A run on disk, as reports are rendered from it: its record, and its series if its history is there. */
import { access, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openHistory } from "../history/open-history.js";
import { classify } from "../invariants/classify.js";
import { messageOf, UsageError } from "../model/errors.js";
import { readRunRecord } from "../report/run-file.js";
import { seriesOf } from "../report/series-from-history.js";
import type { ReportSeries } from "../report/series.js";
import type { JudgedRun } from "../report/suite-run.js";
import { HISTORY_DIR, logsDirectory } from "./analyze.js";

/** `path` is the directory of a run, a link to one, or its run.json. UsageError when it is none. */
export async function readStoredRun(path: string): Promise<JudgedRun> {
  const real = await realpath(path).catch((thrown: unknown) => {
    throw new UsageError(`${path}: no run there (${messageOf(thrown)}); give a run's directory`);
  });
  const runDir = (await stat(real)).isDirectory() ? real : dirname(real);
  return { kind: "judged", record: await readRunRecord(join(runDir, "run.json")), runDir };
}

/**
 * The series of a stored run, of which nothing is judged again; undefined without a history. HarnessError when
 * the history is not what was sealed.
 */
export async function readStoredSeries(runDir: string): Promise<ReportSeries | undefined> {
  const dir = join(runDir, HISTORY_DIR);
  const exists = await access(dir).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const { record } = await readStoredRun(runDir);
  const history = await openHistory(dir);
  try {
    await classify(history);
    return await seriesOf(history, join(runDir, logsDirectory(record)));
  } finally {
    await history.close();
  }
}
