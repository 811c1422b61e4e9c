/** Small pieces of markup that several sections use. */
import { ITEM_NAME, type Signal } from "../../model/signal.js";
import type { Verdict } from "../../model/verdict.js";
import { plural } from "../format.js";
import { VERDICT_MARK, VERDICT_WORD } from "../verdict-words.js";
import { html, type Content, type Html } from "./escape.js";

/** Word and mark together: the colour only repeats them. */
export const badge = (verdict: Verdict): Html =>
  html`<span class="badge ${verdict}"
    ><span aria-hidden="true">${VERDICT_MARK[verdict]}</span> ${VERDICT_WORD[verdict]}</span
  >`;

export interface TableColumn {
  readonly title: string;
  readonly numeric?: boolean;
}

/**
 * A table with a caption for screen readers; it scrolls sideways by itself when the page is
 * narrow.
 */
export function table(
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly Content[])[],
): Html {
  const numeric = (index: number): string => (columns[index]?.numeric === true ? "n" : "");
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
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
              ${row.map((cell, index) => html`<td class="${numeric(index)}">${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

export const items = (n: number, signal: Signal): string => plural(n, ITEM_NAME[signal]);

const REPOSITORIES: Readonly<Record<string, string>> = {
  contrib: "open-telemetry/opentelemetry-collector-contrib",
  core: "open-telemetry/opentelemetry-collector",
};

/** Text in which `contrib#26490` and `core#5902` are links to the upstream issue. */
export function withUpstreamLinks(text: string): Content {
  return text.split(/\b((?:contrib|core)#\d+)\b/).map((part) => {
    const [name, issue] = part.split("#");
    const repository = REPOSITORIES[name ?? ""];
    if (repository === undefined || issue === undefined || !/^\d+$/.test(issue)) return part;
    return html`<a href="https://github.com/${repository}/issues/${issue}" rel="noreferrer"
      >${part}</a
    >`;
  });
}
