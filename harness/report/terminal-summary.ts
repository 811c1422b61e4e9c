/**
 * The last block on the terminal: verdict and cause, limits and actual values, the books, where
 * the report is.
 */
import { join, relative } from "node:path";
import pc from "picocolors";
import type { RunRecord } from "../model/run-record.js";
import { ITEM_NAME, SIGNALS, type Signal } from "../model/signal.js";
import type { Verdict } from "../model/verdict.js";
import { checkSums, COLUMN_NAME, expectedItems, type Column } from "./books.js";
import { formatCount, formatShare, plural } from "./format.js";
import { oneLine } from "./one-line.js";
import type { SuiteRun } from "./suite-run.js";
import { BROKEN, causeOf, controlResult, VERDICT_MARK, VERDICT_WORD } from "./verdict-words.js";

export interface SummaryOptions {
  /** Columns of the terminal, 60 to 200 are used; default: standard output's, else 100. */
  readonly columns?: number;
  readonly colour?: boolean;
  /** Paths are shown from here. */
  readonly cwd?: string;
}

/** Columns that are told only when they are not 0. */
const REMARKABLE: readonly Column[] = [
  "refused",
  "indeterminate",
  "leaked",
  "duplicated",
  "unexpected",
  "torn",
  "misrouted",
];

type Paint = (text: string) => string;

/** The block's text, ending in a newline. */
export function summary(record: RunRecord, runDir: string, options: SummaryOptions = {}): string {
  const columns = Math.min(200, Math.max(60, options.columns ?? outputColumns() ?? 100));
  const colours = pc.createColors(options.colour ?? pc.isColorSupported);
  const paint: Record<Verdict, Paint> = {
    pass: colours.green,
    inconclusive: colours.yellow,
    fail: colours.red,
  };
  const control = controlResult(record);
  const report = relative(options.cwd ?? process.cwd(), join(runDir, "report.html"));
  const word = `${VERDICT_MARK[record.verdict]} ${VERDICT_WORD[record.verdict]}`;
  const lines = [
    "",
    `${paint[record.verdict](colours.bold(word))} ${colours.bold(record.scenario.name)}`,
    ...wrap(causeOf(record), columns),
    ...(control === undefined ? [] : wrap(control.text, columns)),
    "",
    ...invariantLines(record, columns, paint),
    "",
    ...SIGNALS.flatMap((signal) => accountingLines(record, signal, columns, colours.red)),
    "",
    ...where(report, record.command),
    "",
  ];
  return `${lines.join("\n")}\n`;
}

/** The run in one line, for those who want no more: verdict, cause and where the report is. */
export function summaryLine(record: RunRecord, runDir: string, cwd = process.cwd()): string {
  const report = relative(cwd, join(runDir, "report.html"));
  return `${VERDICT_WORD[record.verdict]} ${record.scenario.name}: ${oneLine(causeOf(record))}; ${report}\n`;
}

/** The last lines of a command: of each run where its report is and how to repeat it. */
export function closing(runs: readonly SuiteRun[], options: SummaryOptions = {}): string {
  const colours = pc.createColors(options.colour ?? pc.isColorSupported);
  return runs
    .flatMap((run) => {
      const cwd = options.cwd ?? process.cwd();
      if (run.kind === "judged") {
        const { verdict, scenario, command } = run.record;
        const word = `${VERDICT_MARK[verdict]} ${VERDICT_WORD[verdict]}`;
        const report = relative(cwd, join(run.runDir, "report.html"));
        const control = controlResult(run.record);
        return [
          "",
          colours.bold(`${word} ${scenario.name}`),
          ...(control?.met === false ? [control.text] : []),
          ...where(report, command),
        ];
      }
      const report =
        run.runDir === undefined
          ? "none: the run had not begun"
          : relative(cwd, join(run.runDir, "summary.md"));
      return ["", colours.bold(`${BROKEN} ${run.scenario}`), ...where(report, run.command)];
    })
    .map((line) => `${line}\n`)
    .join("");
}

const where = (report: string, command: string): readonly string[] => [
  `report  ${report}`,
  `repeat  ${command}`,
];

/** Of standard output; undefined when it is no terminal, whatever Node's types say; a terminal may say 0. */
export const outputColumns = (): number | undefined => {
  const { columns } = process.stdout as { columns?: number };
  return columns === 0 ? undefined : columns;
};

/** Limit and actual stand side by side; what did not pass adds its reason. */
function invariantLines(
  record: RunRecord,
  columns: number,
  paint: Record<Verdict, Paint>,
): readonly string[] {
  const widest = (texts: readonly string[], atMost: number): number =>
    Math.min(atMost, Math.max(...texts.map((text) => text.length)));
  const { invariants } = record;
  const name = widest(["invariant", ...invariants.map(({ kind }) => kind)], 20);
  const half = Math.floor((columns - name - 8) / 2);
  const limit = widest(["limit", ...invariants.map((one) => one.limit)], half);
  const actual = columns - name - limit - 8;
  const head = `   ${"invariant".padEnd(name)}  ${"limit".padEnd(limit)}  actual`;
  const rows = invariants.flatMap((one) => {
    const left = wrap(one.limit, limit);
    const right = wrap(one.actual, actual);
    const height = Math.max(left.length, right.length);
    const table = Array.from({ length: height }, (_, index) => {
      const mark = index === 0 ? paint[one.verdict](VERDICT_MARK[one.verdict]) : " ";
      const kind = (index === 0 ? one.kind : "").padEnd(name);
      const allowed = (left[index] ?? "").padEnd(limit);
      return ` ${mark} ${kind}  ${allowed}  ${right[index] ?? ""}`.trimEnd();
    });
    const reason =
      one.verdict === "pass" ? [] : wrap(one.reason, columns - 5).map((text) => `     ${text}`);
    return [...table, ...reason];
  });
  return [head, ...rows];
}

/**
 * `41,000 spans acked; 87.6 % of 34,240 delivered; lost 4,247 explained, 0 unexplained; 9 torn
 * traces`.
 */
function accountingLines(
  record: RunRecord,
  signal: Signal,
  columns: number,
  alarm: Paint,
): readonly string[] {
  const books = record.accounting[signal];
  const expected = expectedItems(books);
  const balanced = checkSums(books).every(({ addsUp }) => addsUp);
  const parts = [
    `${plural(books.acked, ITEM_NAME[signal])} acked`,
    `${formatShare(books.delivered, expected)} of ${formatCount(expected)} delivered`,
    `lost ${formatCount(books.lostExplained)} explained, ` +
      `${formatCount(books.lostUnexplained)} unexplained`,
    ...REMARKABLE.filter((column) => books[column] > 0).map(
      (column) => `${formatCount(books[column])} ${COLUMN_NAME[column]}`,
    ),
  ];
  return [
    ...wrap(parts.join("; "), columns),
    ...(balanced ? [] : [alarm(`${ITEM_NAME[signal].many}: the books do not add up`)]),
  ];
}

/** Breaks at spaces; a longer word is broken where the line ends. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of oneLine(text).split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line];
}
