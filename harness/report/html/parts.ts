/** Small pieces of markup that several sections use. */
import { ITEM_NAME, type Signal } from "../../model/signal.js";
import type { Verdict } from "../../model/verdict.js";
import { plural } from "../format.js";
import { CONTROL_WORD, VERDICT_MARK, VERDICT_WORD } from "../verdict-words.js";
import { html, type Content, type Html } from "./escape.js";

/** Word and mark together: the colour only repeats them. */
export const badge = (verdict: Verdict): Html =>
  html`<span class="badge ${verdict}"
    ><span aria-hidden="true">${VERDICT_MARK[verdict]}</span> ${VERDICT_WORD[verdict]}</span
  >`;

/** Of a control, known to be wrong: one that failed as it must is good and must not look like a failure. */
export const controlBadge = (found: "pass" | "fail", verdict: Verdict): Html =>
  html`<span class="badge ${found}">${CONTROL_WORD[found]}</span>
    <small>control: ${VERDICT_WORD[verdict]}</small>`;

export interface TableColumn {
  readonly title: string;
  readonly numeric?: boolean;
}

/**
 * A table with a caption for screen readers. When the page is narrow it scrolls sideways by
 * itself, or stacks the cells of a row.
 */
export function table(
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly Content[])[],
  narrow: "scrolls" | "stacks" = "scrolls",
): Html {
  const numeric = (index: number): string => (columns[index]?.numeric === true ? "n" : "");
  const data = (cell: Content, index: number): Html =>
    html`<td class="${numeric(index)}" data-title="${columns[index]?.title}">${cell}</td>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table class="${narrow}">
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ title }, index) => html`<th scope="col" class="${numeric(index)}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(data)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Names and values in a row, under a headline. */
export const factList = (facts: readonly (readonly [string, Content])[]): Html =>
  html`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;

export const items = (n: number, signal: Signal): string => plural(n, ITEM_NAME[signal]);

/** Text in which `opentelemetry-collector-contrib#26490` is a link to the upstream issue. */
export function withUpstreamLinks(text: string): Content {
  return text.split(/\b(opentelemetry-collector(?:-contrib)?#\d+)\b/).map((part, index) => {
    if (index % 2 === 0) return part;
    const path = part.replace("#", "/issues/");
    return html`<a href="https://github.com/open-telemetry/${path}" rel="noreferrer">${part}</a>`;
  });
}
