/**
 * Runs a program: no shell, killed on abort or deadline, and a failure that can be pasted and read.
 */
import { execa, ExecaError, type Options } from "execa";
import { KitError } from "./errors.js";

/** How the caller of a long piece of work watches and stops it. */
export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Receives one line of progress at a time. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

export interface CommandOptions {
  readonly cwd?: string | undefined;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Text for standard input; otherwise it is empty. */
  readonly input?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Receives every line of standard output and standard error as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
  readonly timeoutMs?: number | undefined;
  /** What to do when it fails. */
  readonly fix?: string | undefined;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts programs; tests put a fake one in its place. */
export type Executor = (
  file: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<CommandResult>;

const STDERR_TAIL_LINES = 12;
const KILL_AFTER_MS = 5_000;
/** Nothing that this package starts may take longer. */
const LONGEST_MS = 45 * 60_000;

/**
 * Runs a program to its end, whatever its exit code. Throws the signal's reason when it was aborted
 * and a KitError when the program cannot be started or misses its deadline.
 */
export const execute: Executor = async (file, args, options = {}) => {
  const { signal } = options;
  signal?.throwIfAborted();
  const timeoutMs = options.timeoutMs ?? LONGEST_MS;
  const child = execa(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    all: true,
    timeout: timeoutMs,
    forceKillAfterDelay: KILL_AFTER_MS,
    reject: false,
  });
  if (options.onLine !== undefined) void follow(child, options.onLine);
  const result = await child;
  signal?.throwIfAborted();
  if (result.timedOut) {
    throw failure(file, args, `${file} took longer than ${timeoutMs / 1000} s`, result.stderr);
  }
  if (result.exitCode === undefined) {
    const reason = result.code === "ENOENT" ? "is not installed" : result.shortMessage;
    throw failure(file, args, `${file} ${reason}`, result.stderr, options.fix);
  }
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
};

/** Runs a program, returns its standard output, and throws a KitError when it fails. */
export async function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
  executor: Executor = execute,
): Promise<string> {
  const { exitCode, stdout, stderr } = await executor(file, args, options);
  if (exitCode === 0) return stdout;
  const lastLine = tail(stderr, 1) || tail(stdout, 1);
  const message = `${file} ${args[0] ?? ""} failed with exit code ${exitCode}: ${lastLine}`;
  throw failure(file, args, message, stderr || stdout, options.fix);
}

/**
 * Feeds the output of `source` to a second program: `tar … | docker import -`. Both must succeed.
 */
export async function pipe(
  source: readonly [string, ...string[]],
  sink: readonly [string, ...string[]],
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted();
  const [sourceFile, ...sourceArgs] = source;
  const [sinkFile, ...sinkArgs] = sink;
  const common: Options = {
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    timeout: LONGEST_MS,
    forceKillAfterDelay: KILL_AFTER_MS,
  };
  const from = execa(sourceFile, sourceArgs, {
    ...common,
    stdin: "ignore",
    buffer: { stdout: false },
  });
  try {
    const { stdout } = await from.pipe(sinkFile, sinkArgs, common);
    return String(stdout);
  } catch (error) {
    signal?.throwIfAborted();
    const command = `${commandLine(sourceFile, sourceArgs)} | ${commandLine(sinkFile, sinkArgs)}`;
    const stderr = tail(error instanceof ExecaError ? String(error.stderr) : "", STDERR_TAIL_LINES);
    const message = `${sourceFile} into ${sinkFile} failed: ${tail(stderr, 1)}`;
    throw new KitError(message, { command, stderr, cause: error });
  }
}

/** A command as one would type it, quoted where a shell needs it. */
export function commandLine(file: string, args: readonly string[]): string {
  const quote = (word: string): string =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
  return [file, ...args].map(quote).join(" ");
}

function failure(
  file: string,
  args: readonly string[],
  message: string,
  stderr: string,
  fix?: string,
): KitError {
  return new KitError(message, {
    command: commandLine(file, args),
    stderr: tail(stderr, STDERR_TAIL_LINES),
    fix,
  });
}

function tail(text: string, lines: number): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

async function follow(
  child: { iterable: (options: { from: "all" }) => AsyncIterable<unknown> },
  onLine: (line: string) => void,
): Promise<void> {
  try {
    for await (const line of child.iterable({ from: "all" })) onLine(String(line));
  } catch {
    // The result of the child itself reports what went wrong.
  }
}
