/** What was demanded and what was seen, side by side, with the rows that show it. */
import type { RunRecord } from "../../model/run-record.js";
import { clockZeroMs, formatClock, formatCount, unbroken } from "../format.js";
import { html, type Html } from "./escape.js";
import type { Section } from "./page.js";
import { badge, table } from "./parts.js";

type Invariant = RunRecord["invariants"][number];

export const invariantsSection = (record: RunRecord): Section => ({
  id: "invariants",
  title: "Invariants",
  lead:
    "Each property with its limit and the value that was measured. What was not seen is " +
    "inconclusive, never a pass.",
  body: html`<div class="invariants">
    ${record.invariants.map((one) => invariant(one, clockZeroMs(record)))}
  </div>`,
});

const invariant = (one: Invariant, zeroMs: number): Html =>
  html`<article class="invariant ${one.verdict}">
    <div class="what">
      ${badge(one.verdict)}
      <h3>${one.kind}</h3>
    </div>
    <p class="property">${one.property}</p>
    <dl>
      <div>
        <dt>Limit</dt>
        <dd>${unbroken(one.limit)}</dd>
      </div>
      <div>
        <dt>Actual</dt>
        <dd>${unbroken(one.actual)}</dd>
      </div>
    </dl>
    <p class="reason">${unbroken(one.reason)}</p>
    ${one.evidence.rows.length > 0 && evidence(one, zeroMs)}
  </article>`;

function evidence({ kind, evidence: { columns, rows, total } }: Invariant, zeroMs: number): Html {
  const count =
    rows.length === total
      ? formatCount(total)
      : `${formatCount(rows.length)} of ${formatCount(total)}`;
  const numeric = columns.map((_, index) => rows.every((row) => typeof row[index] === "number"));
  return html`<details>
    <summary>Evidence (${count} ${total === 1 ? "row" : "rows"})</summary>
    ${table(
      `Evidence of ${kind}`,
      columns.map((title, index) => ({ title, numeric: numeric[index] === true })),
      rows.map((row) => row.map((value) => cell(value, zeroMs))),
    )}
  </details>`;
}

/** Above this a number is no count or length but a time, in ms since 1970: it shows as the run's. */
const TIMES_FROM = Date.UTC(2020);

function cell(value: Invariant["evidence"]["rows"][number][number], zeroMs: number): string {
  if (value === null) return "–";
  if (typeof value === "number" && value > TIMES_FROM) return formatClock(value - zeroMs);
  if (typeof value === "number") return formatCount(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value;
}
