/** The books: every attempted item in one column, zeros included, with the sums that prove it. */
import type { RunRecord } from "../../model/run-record.js";
import { ITEM_NAME, SIGNALS } from "../../model/signal.js";
import { ASIDE, checkSums, COLUMN_NAME, columnMeaning, SUMS, type Column } from "../books.js";
import { formatCount } from "../format.js";
import { html, type Content, type Html } from "./escape.js";
import type { Section } from "./page.js";

/** Columns that should be 0 in a run that passes. */
const ALARMING: ReadonlySet<Column> = new Set([
  "lostUnexplained",
  "leaked",
  "unexpected",
  "misrouted",
]);

export const accountingSection = (record: RunRecord): Section => ({
  id: "accounting",
  title: "Accounting",
  lead: "Distinct items by their IDs. Each total is checked against the sum of its parts.",
  body: html`<div class="scroll" tabindex="0" role="region" aria-label="Accounting">
    <table class="books">
      <caption class="hidden">
        Items of each signal by what became of them
      </caption>
      <thead>
        <tr>
          <th scope="col">Column</th>
          ${SIGNALS.map((signal) => html`<th scope="col" class="n">${ITEM_NAME[signal].many}</th>`)}
          <th scope="col" class="meaning">Meaning</th>
        </tr>
      </thead>
      ${SUMS.map((_, index) => sumRows(record, index))}
      <tbody>
        ${ASIDE.map((column) => row(record, column, "", "aside"))}
      </tbody>
    </table>
  </div>`,
});

function sumRows(record: RunRecord, index: number): Html {
  const sum = SUMS[index];
  if (sum === undefined) return html``;
  const checks = SIGNALS.map((signal) => checkSums(record.accounting[signal])[index]);
  return html`<tbody>
    ${row(record, sum.total, "=", "total")}
    ${sum.parts.map((part) => row(record, part, "+", "part"))}
    <tr class="check">
      <th scope="row">Sum check</th>
      ${checks.map((check) =>
        check?.addsUp === true
          ? html`<td class="n">✓ ${formatCount(check.partsCount)}</td>`
          : html`<td class="n alarm">✗ ${formatCount(check?.partsCount ?? 0)}</td>`,
      )}
      <td class="meaning">
        ${
          checks.every((check) => check?.addsUp === true)
            ? "adds up"
            : "does not add up: the books are wrong"
        }
      </td>
    </tr>
  </tbody>`;
}

function row(record: RunRecord, column: Column, sign: string, kind: string): Html {
  const counts = SIGNALS.map((signal) => record.accounting[signal][column]);
  const kindOf = (count: number): Content =>
    count === 0 ? "zero" : ALARMING.has(column) && "alarm";
  return html`<tr class="${kind}">
    <th scope="row"><span class="sign" aria-hidden="true">${sign}</span>${COLUMN_NAME[column]}</th>
    ${counts.map((count) => html`<td class="n ${kindOf(count)}">${formatCount(count)}</td>`)}
    <td class="meaning">${columnMeaning(column)}</td>
  </tr>`;
}
