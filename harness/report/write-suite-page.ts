/** suite.html, suite.md and suite.json in a reports directory. */
import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { IndexLine } from "./index-file.js";
import { writeJsonFile } from "./json-file.js";
import { suiteHtml } from "./suite-html.js";
import type { SuiteRun } from "./suite-run.js";
import { suiteMarkdown } from "./suite-markdown.js";
import { SUITE_SCHEMA_VERSION, SuiteRecord, suiteRecord } from "./suite.js";

const SUITE_FILE = {
  name: "suite record",
  schema: SuiteRecord,
  version: SUITE_SCHEMA_VERSION,
};

/** The record of `runs` as one that lies in `reportsDir`, with the past that `index` tells. */
export const suiteIn = (
  reportsDir: string,
  runs: readonly SuiteRun[],
  index: readonly IndexLine[],
): SuiteRecord =>
  suiteRecord(runs, index, {
    createdAt: new Date(),
    reportOf: (runDir) => relative(reportsDir, join(runDir, "report.html")),
  });

/** Writes the pages of a suite into `reportsDir`; gives the paths. */
export async function writeSuitePage(
  reportsDir: string,
  suite: SuiteRecord,
  formats: readonly ("html" | "json" | "markdown")[],
): Promise<readonly string[]> {
  const written = [];
  if (formats.includes("json")) {
    const path = join(reportsDir, "suite.json");
    await writeJsonFile(path, SUITE_FILE, suite);
    written.push(path);
  }
  if (formats.includes("markdown")) {
    const path = join(reportsDir, "suite.md");
    await writeFile(path, suiteMarkdown(suite));
    written.push(path);
  }
  if (formats.includes("html")) {
    const path = join(reportsDir, "suite.html");
    await writeFile(path, suiteHtml(suite));
    written.push(path);
  }
  return written;
}
