/** What a matrix cell says, as lines that every format shows: each figure with its name, or why there is none. */
import { formatDuration } from "../model/durations.js";
import { ITEM_NAME, SIGNALS } from "../model/signal.js";
import { formatCount, formatShare } from "./format.js";
import type { Cell, RunCell } from "./matrix.js";
import { VERDICT_MARK, VERDICT_WORD } from "./verdict-words.js";

export interface CellText {
  /** The verdict, or that there is no run. */
  readonly title: string;
  readonly lines: readonly string[];
}

export function cellText(cell: Cell): CellText {
  if (cell.kind === "none") {
    const [, reason = cell.reason] = /^not run: (.*)$/s.exec(cell.reason) ?? [];
    return { title: "– not run", lines: [reason] };
  }
  return {
    title: `${VERDICT_MARK[cell.verdict]} ${VERDICT_WORD[cell.verdict]}`,
    lines: [
      ...(cell.reason === null ? [] : [cell.reason]),
      ...lossLines(cell),
      affinityLine(cell),
      cell.recoveryMs === null
        ? "recovery not judged"
        : `recovery ${formatDuration(cell.recoveryMs)}`,
    ],
  };
}

/** Shares of what was acknowledged and due. */
function lossLines({ signals }: RunCell): string[] {
  if (signals === null) return ["figures not on record"];
  const losses = SIGNALS.flatMap((signal) => {
    const { expected, lostExplained, lostUnexplained } = signals[signal];
    const { many } = ITEM_NAME[signal];
    if (expected === 0) return [];
    return [
      `${many} ${formatShare(lostExplained, expected)} explained` +
        (lostUnexplained === 0 ? "" : `, ${formatCount(lostUnexplained)} UNEXPLAINED`),
    ];
  });
  const sum = (column: "duplicated" | "received"): number =>
    SIGNALS.reduce((total, signal) => total + signals[signal][column], 0);
  return [
    ...(losses.length === 0 ? ["nothing was acknowledged and due"] : losses),
    `duplicates ${formatShare(sum("duplicated"), sum("received"))}`,
  ];
}

function affinityLine({ affinity, misrouted }: RunCell): string {
  if (affinity === null) return "affinity not judged";
  const strays = misrouted === null || misrouted === 0 ? "" : ` (${formatCount(misrouted)} astray)`;
  return `affinity ${VERDICT_WORD[affinity].toLowerCase()}${strays}`;
}

export const LEGEND =
  "Shares are of what was acknowledged and due at the backend; explained loss lies in a window that the deployment's " +
  "own configuration allows.";
