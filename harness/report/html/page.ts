/** The frame of a report: head, navigation, sections, data and scripts. */
import type { RunRecord } from "../../model/run-record.js";
import { VERDICT_WORD } from "../verdict-words.js";
import { assets } from "./assets.js";
import { html, type Content, type Html } from "./escape.js";

export interface Section {
  /** Fragment of its address. */
  readonly id: string;
  readonly title: string;
  /** One sentence under the title. */
  readonly lead?: Content;
  readonly body: Html;
}

export function page(record: RunRecord, headline: Html, sections: readonly Section[]): string {
  const { style, script, contentSecurityPolicy } = assets();
  const markup = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${VERDICT_WORD[record.verdict]} ${record.scenario.name} ${record.runId}</title>
        ${style}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        ${headline}
        <nav aria-label="Sections">
          <ul>
            ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>
        <main id="main">${sections.map(sectionMarkup)}</main>
        <footer>
          <p>
            Rendered from <code>run.json</code> of run <code>${record.runId}</code>, schema version
            ${record.schemaVersion}. This file loads nothing from anywhere.
          </p>
        </footer>
        ${script}
      </body>
    </html> `;
  return markup.toString();
}

const sectionMarkup = ({ id, title, lead, body }: Section): Html =>
  html` <section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${lead !== undefined && html`<p class="lead">${lead}</p>`} ${body}
  </section>`;
