/** Compares what the judge found in a synthetic history with what was planted in it. */
import type { Accounting } from "../model/accounting.js";
import type { Expected } from "./synthetic-history.js";

/** IDs by defect; an item under another key counts as altered. */
export type Found = Readonly<
  Record<"lost" | "misrouted" | "duplicated" | "leaked" | "altered", readonly string[]>
>;

export interface JudgedHistory {
  readonly books: Accounting;
  readonly verdicts: Readonly<Record<string, string>>;
  readonly found: Found;
  /** From opening the history to the verdict: wall clock, and what all threads used. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Most memory that the process had, MiB. */
  readonly peakMb: number;
}

/** Verdicts that the planted defects make; the late losses also break the limit for recovery. */
const VERDICTS: Readonly<Record<string, string>> = {
  "history-complete": "pass",
  calibration: "pass",
  "faults-proven": "pass",
  "zero-loss": "fail",
  "trace-affinity": "fail",
  "sampling-exact": "fail",
  integrity: "fail",
  "nothing-unexpected": "pass",
  freshness: "pass",
  duplicates: "pass",
  "recovery-time": "fail",
};

/** Every difference in one line each; none when the judge found exactly what was planted. */
export function differences({ planted, ...expected }: Expected, judged: JudgedHistory): string[] {
  const { books } = judged;
  const { rekeyed, ...others } = planted;
  const wanted: Found = { ...others, altered: [...planted.altered, ...rekeyed] };
  const pairs: [string, unknown, unknown][] = [
    ...Object.entries(VERDICTS).map(([kind, verdict]): [string, unknown, unknown] => [
      kind,
      verdict,
      judged.verdicts[kind],
    ]),
    ["spans", expected.spans, books.attempted],
    ["delivered", expected.delivered, books.delivered],
    ["sampled out", expected.sampledOut, books.sampledOut],
    ["lost, explained", expected.lostExplained, books.lostExplained],
    ["lost, unexplained", planted.lost.length, books.lostUnexplained],
    ["unexpected", 0, books.unexpected],
    ["books balance", true, books.balances],
    ...(Object.keys(wanted) as (keyof Found)[]).map((defect): [string, unknown, unknown] => [
      defect,
      [...wanted[defect]].sort().join(),
      judged.found[defect].join(),
    ]),
  ];
  return pairs
    .filter(([, want, got]) => want !== got)
    .map(([what, want, got]) => `${what}: planted ${String(want)}, found ${String(got)}`);
}
