/**
 * A run that has no verdict because the harness or its host broke: what reports can still say of
 * it.
 */
export interface BrokenRun {
  readonly scenario: string;
  readonly runId: string;
  readonly seed: string;
  readonly command: string;
  readonly runDir: string;
  /** Seconds that it lasted. */
  readonly seconds: number;
  readonly message: string;
  /** What the reader can do; undefined when nothing is known to help. */
  readonly fix: string | undefined;
}
