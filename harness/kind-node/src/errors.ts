/**
 * The one error of this package: what was attempted, the command to paste, the fix, the last words
 * of the program.
 */

export interface KitErrorDetails {
  /** The command as it can be pasted into a shell. */
  readonly command?: string | undefined;
  /** What the reader can do about it. */
  readonly fix?: string | undefined;
  /** The last lines that the program wrote to standard error. */
  readonly stderr?: string | undefined;
  readonly cause?: unknown;
}

export class KitError extends Error {
  override readonly name = "KitError";
  readonly command: string | undefined;
  readonly fix: string | undefined;
  readonly stderr: string | undefined;

  constructor(message: string, details: KitErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.command = details.command;
    this.fix = details.fix;
    this.stderr = details.stderr;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
