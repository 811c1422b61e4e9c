/** Every report of one run, rendered from its record and written beside it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunRecord } from "../model/run-record.js";
import { earlierRuns } from "./earlier-runs.js";
import { htmlReport } from "./html.js";
import { readIndex } from "./index-file.js";
import { junitXml } from "./junit.js";
import { brokenSummary, markdownSummary } from "./markdown.js";
import { prometheusText } from "./prometheus.js";
import { writeRunFile } from "./run-file.js";
import type { ReportSeries } from "./series.js";
import type { SuiteRun } from "./suite-run.js";
import type { SuiteRecord } from "./suite.js";
import { suiteIn, writeSuitePage } from "./write-suite-page.js";

export { readRunRecord } from "./run-file.js";

/** What a run is reported in; `json` first, for it is the verdict on disk. */
export const FORMATS = ["json", "junit", "markdown", "prometheus", "html"] as const;
export type Format = (typeof FORMATS)[number];

const FILE: Record<Format, string> = {
  json: "run.json",
  junit: "junit.xml",
  markdown: "summary.md",
  prometheus: "metrics.prom",
  html: "report.html",
};

/**
 * Writes the reports of a run into its directory and gives their paths. Without `series` the HTML report has
 * no charts and no lost traces, and says so.
 */
export async function writeReports(
  runDir: string,
  record: RunRecord,
  series?: ReportSeries,
  formats: readonly Format[] = FORMATS,
): Promise<readonly string[]> {
  const earlier = formats.includes("html") ? await earlierRuns(runDir, record) : undefined;
  const render: Record<Exclude<Format, "json">, () => string> = {
    junit: () => junitXml([{ kind: "judged", record, runDir }]),
    markdown: () => markdownSummary(record),
    prometheus: () => prometheusText(record),
    html: () => htmlReport(record, series, earlier),
  };
  const written = [];
  for (const format of FORMATS.filter((one) => formats.includes(one))) {
    const path = join(runDir, FILE[format]);
    if (format === "json") await writeRunFile(path, record);
    else await writeFile(path, render[format]());
    written.push(path);
  }
  return written;
}

/**
 * Writes `reportsDir`/junit.xml with every run of a command, and what can be said of the runs that
 * broke into their own directories. Several runs get the pages of their suite as well: suite.html, suite.md,
 * suite.json. Resolves with the record of the suite, also of one run.
 */
export async function writeSuiteReports(
  reportsDir: string,
  runs: readonly SuiteRun[],
): Promise<SuiteRecord> {
  await mkdir(reportsDir, { recursive: true });
  await writeFile(join(reportsDir, "junit.xml"), junitXml(runs));
  for (const run of runs) {
    if (run.kind === "judged" || run.runDir === undefined) continue;
    await writeFile(join(run.runDir, "junit.xml"), junitXml([run]));
    await writeFile(join(run.runDir, "summary.md"), brokenSummary(run));
  }
  // A damaged index must not cost the runs their reports; commands that need it name the line.
  const index = await readIndex(reportsDir).catch(() => []);
  const suite = suiteIn(reportsDir, runs, index);
  if (runs.length > 1) await writeSuitePage(reportsDir, suite, ["html", "markdown", "json"]);
  return suite;
}
