/** The frame of a report: head, navigation, sections, data and scripts. */
import { assets } from "./assets.js";
import { html, type Content, type Html } from "./escape.js";

export interface Section {
  /** Fragment of its address. */
  readonly id: string;
  readonly title: string;
  /** Of the navigation, where the title is long; default: the title. */
  readonly short?: string;
  /** One sentence under the title. */
  readonly lead?: Content;
  readonly body: Html;
}

export interface Page {
  /** Of the browser's tab. */
  readonly title: string;
  /** The `header` element. */
  readonly headline: Html;
  readonly sections: readonly Section[];
  /** Says what the page was rendered from. */
  readonly source: Content;
  /** Charts and searches need scripts; a page without them allows none at all. */
  readonly scripts: boolean;
}

export function page({ title, headline, sections, source, scripts }: Page): string {
  const { style, script, contentSecurityPolicy } = assets(scripts);
  const markup = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        ${headline}
        <nav aria-label="Sections">
          <ul>
            ${sections.map(({ id, title, short = title }) => html`<li><a href="#${id}">${short}</a></li>`)}
          </ul>
        </nav>
        <main id="main">${sections.map(sectionMarkup)}</main>
        <footer><p>${source} This file loads nothing from anywhere.</p></footer>
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
