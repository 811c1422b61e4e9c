/** A comparison for the terminal and for a pull request. */
import { formatDuration } from "../model/durations.js";
import { ITEM_NAME } from "../model/signal.js";
import type { Comparison, Figure } from "./compare.js";
import { formatCount, formatShare } from "./format.js";
import { code, escape, table } from "./markdown-parts.js";
import { BAND_RUNS } from "./noise-band.js";
import { oneLine } from "./one-line.js";
import { VERDICT_MARK, VERDICT_WORD } from "./verdict-words.js";

/** Titles of the columns of `comparisonRows`. */
export const COMPARISON_HEAD = ["", "base", "candidate", "change", "passing runs"] as const;

/** Ends in a newline. Uncoloured: arrows and words say it all. */
export function comparisonText(comparison: Comparison): string {
  const rows = [COMPARISON_HEAD, ...comparisonRows(comparison)].map((cells) => cells.map(oneLine));
  const widths = COMPARISON_HEAD.map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? "").length)),
  );
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const title = `${comparison.result.toUpperCase()} ${comparison.scenario}: ${sides(comparison)}`;
  return [oneLine(title), "", ...lines, "", bandNote(comparison), ""].join("\n");
}

export function comparisonMarkdown(comparison: Comparison): string {
  const { result, scenario, base, candidate } = comparison;
  return `${[
    `## ${MARK[result]} ${result}: ${escape(scenario)}`,
    `Base ${code(base.runId)} at ${code(commitOf(base))}, candidate ${code(candidate.runId)} at ` +
      `${code(commitOf(candidate))}.`,
    table(
      COMPARISON_HEAD,
      comparisonRows(comparison).map((cells) => cells.map(escape)),
    ),
    escape(bandNote(comparison)),
  ].join("\n\n")}\n`;
}

const MARK: Record<Comparison["result"], string> = {
  "no regression": "✓",
  regression: "✗",
  undecided: "?",
};

export const commitOf = ({ commit, dirty }: Comparison["base"]): string =>
  commit.slice(0, 12) + (dirty ? " + changes" : "");

const sides = ({ base, candidate }: Comparison): string =>
  `${candidate.runId} (${commitOf(candidate)}) against ${base.runId} (${commitOf(base)})`;

export const bandNote = ({ bandRuns }: Comparison): string =>
  bandRuns < BAND_RUNS.fewest
    ? `Only ${String(bandRuns)} other passing runs with this load and these faults are in index.jsonl; ` +
      `the noise is known from ${String(BAND_RUNS.fewest)} on.`
    : `Passing runs: the band of the last ${String(bandRuns)}, from the smallest to the largest value or ` +
      "the median ± 3 scaled MAD, whichever is wider. Worse inside the band is noise.";

/** A row a figure, the verdict first, as a reader sees them. */
export function comparisonRows({ base, candidate, figures }: Comparison): readonly string[][] {
  const word = ({ verdict, counts }: Comparison["base"]): string =>
    `${VERDICT_MARK[verdict]} ${VERDICT_WORD[verdict]}${verdict === counts ? "" : " (control)"}`;
  const verdict = base.counts === candidate.counts ? "→ same" : "≠ another";
  return [
    ["verdict", word(base), word(candidate), verdict, ""],
    ...figures.map((figure) => [
      nameOf(figure),
      words(figure, figure.base),
      words(figure, figure.candidate),
      changeWords(figure),
      figure.band === null
        ? "unknown"
        : `${words(figure, figure.band.low)} to ${words(figure, figure.band.high)}`,
    ]),
  ];
}

const NAME: Record<Figure["name"], string> = {
  lostUnexplained: "lost, unexplained",
  lostExplained: "lost, explained",
  duplicated: "duplicates",
  p50: "delivery p50",
  p99: "delivery p99",
  recovery: "recovery time",
};

const nameOf = ({ name, signal }: Figure): string =>
  signal === null ? NAME[name] : `${ITEM_NAME[signal].many}: ${NAME[name]}`;

function words({ unit }: Figure, value: number | null): string {
  if (value === null) return "–";
  if (unit === "ms") return formatDuration(value);
  return unit === "share" ? formatShare(value, 1) : formatCount(value);
}

function changeWords({ change, regressed }: Figure): string {
  switch (change) {
    case "better":
      return "↓ better";
    case "same":
      return "→ same";
    case "unknown":
      return "? not measured";
    case "worse":
      if (regressed === null) return "↑ worse, noise unknown";
      return regressed ? "↑ WORSE than the noise" : "↑ worse, within the noise";
  }
}
