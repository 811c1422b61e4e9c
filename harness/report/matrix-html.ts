/** matrix.html: fault by deployment, each cell with its link to its run. */
import { formatCount, formatUtc } from "./format.js";
import { html, type Content, type Html } from "./html/escape.js";
import { page } from "./html/page.js";
import { badge, factList, table } from "./html/parts.js";
import { cellText, LEGEND } from "./matrix-cell.js";
import type { Cell, Matrix } from "./matrix.js";
import { relativeLink } from "./suite-html.js";

/** The file's text; its links to reports are relative. Every string of the matrix is taken for hostile. */
export function matrixHtml(matrix: Matrix): string {
  const { deployments, rows, schemaVersion } = matrix;
  return page({
    title: `Matrix: ${formatCount(rows.length)} scenarios on ${formatCount(deployments.length)} deployments`,
    headline: headline(matrix),
    sections: [
      {
        id: "matrix",
        title: "Fault by deployment",
        lead: LEGEND,
        body: table(
          "Fault by deployment",
          [{ title: "Scenario" }, ...deployments.map((title) => ({ title }))],
          rows.map(({ scenario, faults, cells }) => [
            html`<strong>${scenario}</strong
              >${faults.map((fault) => html`<br /><small>${fault}</small>`)}`,
            ...cells.map(cellHtml),
          ]),
          "scrolls",
        ),
      },
    ],
    source: html`Rendered from <code>index.jsonl</code>, schema version ${schemaVersion}.`,
    scripts: false,
  });
}

function headline({ createdAt, deployments, rows, strict }: Matrix): Html {
  const cells = rows.flatMap((row) => row.cells);
  const passed = cells.filter((cell) => cell.kind === "run" && cell.verdict === "pass").length;
  const none = cells.filter(({ kind }) => kind === "none").length;
  const facts: readonly (readonly [string, Content])[] = [
    ["Deployments", deployments.join(", ")],
    ["Scenarios", formatCount(rows.length)],
    ["Not run", formatCount(none)],
    ["Loss allowed", strict ? "none (strict)" : "explained, within the budget"],
    ["Written", formatUtc(createdAt)],
  ];
  const worst = worstOf(cells);
  return html`<header class="${worst}">
    <p class="kicker">Chaos matrix</p>
    <h1>${formatCount(passed)} of ${formatCount(cells.length)} cells passed</h1>
    ${factList(facts)}
  </header>`;
}

const worstOf = (cells: readonly Cell[]): "pass" | "inconclusive" | "fail" => {
  const has = (verdict: string): boolean =>
    cells.some((cell) => cell.kind === "run" && cell.verdict === verdict);
  if (has("fail")) return "fail";
  return has("inconclusive") || cells.some(({ kind }) => kind === "none") ? "inconclusive" : "pass";
};

function cellHtml(cell: Cell): Html {
  const { title, lines } = cellText(cell);
  const about = lines.map((line) => html`<br /><small>${line}</small>`);
  if (cell.kind === "none") return html`${title}${about}`;
  return html`<a href="${relativeLink(cell.report)}">${badge(cell.verdict)}</a>${about}`;
}
