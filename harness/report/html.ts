/** report.html: one self-contained file for the person who must decide. */
import type { RunRecord } from "../model/run-record.js";
import { accountingSection } from "./html/accounting.js";
import { earlierSection } from "./html/earlier.js";
import type { EarlierRuns } from "./earlier-runs.js";
import { deploymentSection } from "./html/deployment.js";
import { environmentSection } from "./html/environment.js";
import { html } from "./html/escape.js";
import { headlineSection } from "./html/headline.js";
import { invariantsSection } from "./html/invariants.js";
import { lossesSection } from "./html/losses.js";
import { lostTracesSection } from "./html/lost-traces.js";
import { page } from "./html/page.js";
import { plantedDefectsSection } from "./html/planted-defects.js";
import { timelineSection } from "./html/timeline.js";
import type { ReportSeries } from "./series.js";
import { VERDICT_WORD } from "./verdict-words.js";

/**
 * The file's text. It loads nothing, works from file:// and takes every string of the record for
 * hostile.
 */
export function htmlReport(
  record: RunRecord,
  series?: ReportSeries,
  earlier?: EarlierRuns,
): string {
  const sections = [
    invariantsSection(record),
    accountingSection(record),
    timelineSection(record, series),
    lossesSection(record),
    lostTracesSection(record, series),
    earlierSection(earlier),
    ...plantedDefectsSection(record),
    deploymentSection(record, series),
    environmentSection(record),
  ];
  return page({
    title: `${VERDICT_WORD[record.verdict]} ${record.scenario.name} ${record.runId}`,
    headline: headlineSection(record),
    sections,
    source: html`Rendered from <code>run.json</code> of run <code>${record.runId}</code>, schema
      version ${record.schemaVersion}.`,
    scripts: true,
  });
}
