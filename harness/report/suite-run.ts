/**
 * One run of a command, as reports see it: judged, or broken before a verdict because of the
 * harness or its host.
 */
import type { RunRecord } from "../model/run-record.js";

export type SuiteRun = JudgedRun | BrokenRun;

export interface JudgedRun {
  readonly kind: "judged";
  readonly record: RunRecord;
  readonly runDir: string;
  /** From 2 on for further runs of one scenario. */
  readonly repetition?: number;
}

export interface BrokenRun {
  readonly kind: "broken";
  readonly scenario: string;
  /** From 2 on for further runs of one scenario. */
  readonly repetition?: number;
  /** What was to be under test. */
  readonly deployment?: string;
  readonly seed: string;
  readonly command: string;
  /** Undefined when the run had not begun: there is no cluster, say. */
  readonly runDir: string | undefined;
  /** Seconds that it lasted. */
  readonly seconds: number;
  readonly message: string;
  /** The last observation before giving up. */
  readonly lastSeen: string | undefined;
  /** What the reader can do; undefined when nothing is known to help. */
  readonly fix: string | undefined;
}
