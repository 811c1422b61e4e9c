/**
 * Templates that escape: whatever is put into html`…` appears as text, unless it is HTML from
 * html`…` itself.
 */

/** Markup that is safe to insert as it is. Only this file makes it. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** Lists are joined; false, null and undefined show nothing. */
export type Content = Html | string | number | false | null | undefined | readonly Content[];

/** A template of markup. Attribute values must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let markup = strings[0] ?? "";
  for (const [index, content] of contents.entries()) {
    markup += render(content) + (strings[index + 1] ?? "");
  }
  return new Html(markup);
}

function render(content: Content): string {
  if (content === false || content === null || content === undefined) return "";
  if (content instanceof Html) return content.toString();
  if (typeof content === "object") return content.map(render).join("");
  return escapeText(String(content));
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Safe between tags and inside a quoted attribute. Control characters, which HTML cannot hold,
 * become �.
 */
const escapeText = (raw: string): string =>
  raw
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "")

    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "\ufffd");

/** A data block that scripts read with JSON.parse; no text in it can end the element. */
export function jsonBlock(id: string, data: unknown): Html {
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return new Html(`<script type="application/json" id="${escapeText(id)}">${json}</script>`);
}

/** Our own style sheets and scripts, never data. */
export const trustedMarkup = (markup: string): Html => new Html(markup);
