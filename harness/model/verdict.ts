/** Three-valued verdicts: what we did not see is never a pass. */
export type Verdict = "pass" | "inconclusive" | "fail";

const SEVERITY: Record<Verdict, number> = { pass: 0, inconclusive: 1, fail: 2 };

/** The most severe of several verdicts: pass < inconclusive < fail. Of none: inconclusive. */
export function mergeVerdicts(verdicts: readonly Verdict[]): Verdict {
  let merged: Verdict | undefined;
  for (const verdict of verdicts) {
    if (merged === undefined || SEVERITY[verdict] > SEVERITY[merged]) merged = verdict;
  }
  return merged ?? "inconclusive";
}

/** `calibration inconclusive, zero-loss fail`; without any: `nothing`. */
export const verdictList = (verdicts: Readonly<Record<string, Verdict>>): string =>
  Object.entries(verdicts)
    .map(([name, verdict]) => `${name} ${verdict}`)
    .sort()
    .join(", ") || "nothing";

/** What the process answers. 64 and 70 follow sysexits.h, 130 is 128 + SIGINT. */
export const EXIT = {
  pass: 0,
  fail: 1,
  inconclusive: 2,
  usage: 64,
  broken: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
