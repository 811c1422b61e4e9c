/** Two kinds of trouble that are not verdicts: the user's input, and the harness or its host. */

/** Bad input: one line that names the file, line or flag, and the fix. Exit code 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * The harness could not do its work. `fix` is the command or action for the reader, `lastSeen` the last
 * observation before giving up. Exit code 70.
 */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly fix: string | undefined;
  readonly lastSeen: string | undefined;

  constructor(message: string, options: { fix?: string; lastSeen?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.fix = options.fix;
    this.lastSeen = options.lastSeen;
  }
}

/** The user asked to stop. Exit code 130. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
