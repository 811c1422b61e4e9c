/** Every report of one run, rendered from its record and written beside it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunRecord } from "../model/run-record.js";
import { htmlReport } from "./html.js";
import { junitXml } from "./junit.js";
import { markdownSummary } from "./markdown.js";
import { writeRunFile } from "./run-file.js";
import type { ReportSeries } from "./series.js";

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
