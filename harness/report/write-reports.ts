/** Every report of one run, rendered from its record and written beside it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunRecord } from "../model/run-record.js";
import { htmlReport } from "./html.js";
import { junitXml } from "./junit.js";
import { brokenSummary, markdownSummary } from "./markdown.js";
import { writeRunFile } from "./run-file.js";
import type { ReportSeries } from "./series.js";
import type { SuiteRun } from "./suite-run.js";

export { readRunRecord } from "./run-file.js";

export interface WrittenReports {
  readonly json: string;
  readonly junit: string;
  readonly markdown: string;
  readonly html: string;
}

/**
 * Writes run.json first (it is the verdict on disk, and all else can be rendered again from it),
 * then junit.xml, summary.md and report.html. Without `series` the HTML report has no charts and
 * no lost traces, and says so.
 */
export async function writeReports(
  runDir: string,
  record: RunRecord,
  series?: ReportSeries,
): Promise<WrittenReports> {
  const paths: WrittenReports = {
    json: join(runDir, "run.json"),
    junit: join(runDir, "junit.xml"),
    markdown: join(runDir, "summary.md"),
    html: join(runDir, "report.html"),
  };
  await writeRunFile(paths.json, record);
  await writeFile(paths.junit, junitXml([{ kind: "judged", record, runDir }]));
  await writeFile(paths.markdown, markdownSummary(record));
  await writeFile(paths.html, htmlReport(record, series));
  return paths;
}

/**
 * Writes `reportsDir`/junit.xml with every run of a command, and what can be said of the runs that
 * broke into their own directories.
 */
export async function writeSuiteReports(
  reportsDir: string,
  runs: readonly SuiteRun[],
): Promise<void> {
  await mkdir(reportsDir, { recursive: true });
  await writeFile(join(reportsDir, "junit.xml"), junitXml(runs));
  for (const run of runs) {
    if (run.kind === "judged" || run.runDir === undefined) continue;
    await writeFile(join(run.runDir, "junit.xml"), junitXml([run]));
    await writeFile(join(run.runDir, "summary.md"), brokenSummary(run));
  }
}
