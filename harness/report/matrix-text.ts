/** The matrix for a terminal and as Markdown. */
import { formatUtc } from "./format.js";
import { escape, table } from "./markdown-parts.js";
import { cellText, LEGEND } from "./matrix-cell.js";
import type { Cell, Matrix } from "./matrix.js";
import { oneLine } from "./one-line.js";
import { relativeLink } from "./suite-html.js";
import { wrap } from "./terminal-summary.js";

const LEAST_COLUMN = 24;
const MOST_COLUMN = 44;

/** A block a scenario, a column a deployment. `columns`: width of the terminal. */
export function matrixText(matrix: Matrix, columns = 120): string {
  const { deployments, rows } = matrix;
  const room = Math.floor((columns - 2) / Math.max(1, deployments.length)) - 2;
  const width = Math.min(MOST_COLUMN, Math.max(LEAST_COLUMN, room));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell) => cell.padEnd(width)).join("  ")}`.trimEnd();
  const blocks = rows.map(({ scenario, faults, cells }) => {
    const told = cells.map((cell) => {
      const { title, lines } = cellText(cell);
      return [title, ...lines].flatMap((text) => wrap(oneLine(text), width));
    });
    const height = Math.max(0, ...told.map((lines) => lines.length));
    return [
      `${scenario}${faults.length === 0 ? "" : `: ${faults.join(", ")}`}`,
      ...Array.from({ length: height }, (_, row) => line(told.map((lines) => lines[row] ?? ""))),
    ].join("\n");
  });
  const head = line(deployments.map((one) => oneLine(one).slice(0, width)));
  return `${[head, ...blocks, LEGEND].join("\n\n")}\n`;
}

/** matrix.md, with a link from each cell to its run. */
export function matrixMarkdown(matrix: Matrix): string {
  const { createdAt, strict, deployments, rows } = matrix;
  const blocks = [
    "## What each deployment guarantees, under which fault",
    `Written ${formatUtc(createdAt)}${strict ? ", strict (no explained loss allowed)" : ""}.`,
    table(
      ["Scenario", ...deployments.map(escape)],
      rows.map(({ scenario, faults, cells }) => [
        [`**${escape(scenario)}**`, ...faults.map(escape)].join("<br>"),
        ...cells.map(cellMarkdown),
      ]),
    ),
    LEGEND,
  ];
  return `${blocks.join("\n\n")}\n`;
}

function cellMarkdown(cell: Cell): string {
  const { title, lines } = cellText(cell);
  const head = cell.kind === "run" ? `[${escape(title)}](${relativeLink(cell.report)})` : title;
  return [head, ...lines.map(escape)].join("<br>");
}
