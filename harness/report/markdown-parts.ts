/** Small pieces of Markdown: whatever text is put into them, it stays text. */

/** A table of cells that are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text that Markdown and HTML must take literally. Mentions and issue references stay dead. */
export const escape = (raw: string): string =>
  raw
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]()#|~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;");

/** A code span, whatever the text holds; pipes would end a table's cell. */
export function code(raw: string): string {
  const flat = raw.replace(/\s+/g, " ").replaceAll("|", "¦");
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length));
  const ticks = "`".repeat(longest + 1);
  const pad = flat.startsWith("`") || flat.endsWith("`") ? " " : "";
  return flat === "" ? "–" : `${ticks}${pad}${flat}${pad}${ticks}`;
}

/** A command as a block. */
export function fence(raw: string): string {
  const longest = Math.max(2, ...(raw.match(/`+/g) ?? []).map((run) => run.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}sh\n${raw}\n${ticks}`;
}
