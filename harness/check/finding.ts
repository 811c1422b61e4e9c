/** A defect of a deployment, where it stands, and the order in which defects are told. */

/** fatal: it does not start, or does not do what it is for; warning: it loses telemetry; note: good to know. */
export const SEVERITIES = ["fatal", "warning", "note"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Place {
  /** As the user would type it; `<stdin>` for standard input. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface Finding {
  readonly severity: Severity;
  /** Stable kebab-case name of the rule. */
  readonly check: string;
  readonly place: Place;
  /** One sentence. */
  readonly why: string;
  /** One sentence. */
  readonly fix: string;
}

/** Worst first; equals by file, line and rule, so that two runs print the same. */
export function byWeight(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareText(a.place.file, b.place.file) ||
    a.place.line - b.place.line ||
    compareText(a.check, b.check) ||
    compareText(a.why, b.why)
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
