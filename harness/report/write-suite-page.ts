/** suite.html and suite.json in a reports directory. */
import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { IndexLine } from "./index-file.js";
import { writeJsonFile } from "./json-file.js";
import { suiteHtml } from "./suite-html.js";
import type { SuiteRun } from "./suite-run.js";
import { SUITE_SCHEMA_VERSION, SuiteRecord, suiteRecord } from "./suite.js";

const SUITE_FILE = {
  name: "suite record",
  schema: SuiteRecord,
  version: SUITE_SCHEMA_VERSION,
};

/** Writes the page of `runs`, with the past that `index` tells, into `reportsDir`; gives the paths. */
export async function writeSuitePage(
  reportsDir: string,
  runs: readonly SuiteRun[],
  index: readonly IndexLine[],
  formats: readonly ("html" | "json")[],
): Promise<readonly string[]> {
  const suite = suiteRecord(runs, index, {
    createdAt: new Date(),
    reportOf: (runDir) => relative(reportsDir, join(runDir, "report.html")),
  });
  const written = [];
  if (formats.includes("json")) {
    const path = join(reportsDir, "suite.json");
    await writeJsonFile(path, SUITE_FILE, suite);
    written.push(path);
  }
  if (formats.includes("html")) {
    const path = join(reportsDir, "suite.html");
    await writeFile(path, suiteHtml(suite));
    written.push(path);
  }
  return written;
}
