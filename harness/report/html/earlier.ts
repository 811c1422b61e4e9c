/** The runs before this one: their verdicts and trends, and how this one compares with two of them. */
import { bandNote, commitOf, COMPARISON_HEAD, comparisonRows } from "../compare-text.js";
import type { EarlierRuns } from "../earlier-runs.js";
import { STRIP_LENGTH } from "../suite.js";
import { html, type Html } from "./escape.js";
import type { Section } from "./page.js";
import { table } from "./parts.js";
import { scenarioPast } from "./past.js";

export const earlierSection = (earlier: EarlierRuns | undefined): Section => ({
  id: "earlier",
  title: "Earlier runs",
  ...(earlier === undefined
    ? {}
    : {
        lead:
          `The last ${String(STRIP_LENGTH)} runs of this scenario in the reports directory, this one last. ` +
          "Flaky: runs of one commit, from a clean tree, with the same load and faults, had different verdicts.",
      }),
  body: body(earlier),
});

function body(earlier: EarlierRuns | undefined): Html {
  if (earlier === undefined || earlier.past.runs.length < 2) {
    return html`<p class="empty">No earlier run of this scenario was on record.</p>`;
  }
  return html`${scenarioPast(earlier.past)} ${earlier.comparisons.map(comparisonTable)}
  ${
    earlier.comparisons.length === 0 &&
    html`<p class="empty">None of them had the same load and faults, and is still there.</p>`
  }`;
}

function comparisonTable({ base, comparison }: EarlierRuns["comparisons"][number]): Html {
  const { result } = comparison;
  const [, , , ...rest] = COMPARISON_HEAD;
  const titles = ["Figure", "base", "this run", ...rest];
  return html`<h3>Against ${base}: ${result}</h3>
    <p class="note">
      <code>${comparison.base.runId}</code> at <code>${commitOf(comparison.base)}</code>.
      ${bandNote(comparison)}
    </p>
    ${table(
      `Against ${base}`,
      titles.map((title) => ({ title })),
      comparisonRows(comparison),
      "stacks",
    )}`;
}
