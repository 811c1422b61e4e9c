/** How a command may use the terminal: colour, a live line, and how much it says. */
import { jsonProgress } from "../report/log.js";
import { terminalProgress, type LogLevel, type TerminalProgress } from "../report/terminal.js";
import type { Settings } from "./options-table.js";

export interface TerminalMode {
  /** One line on standard error that is rewritten in place. */
  readonly live: boolean;
  readonly colour: { readonly stdout: boolean; readonly stderr: boolean };
  readonly level: LogLevel;
  /** Lines of JSON instead of text. */
  readonly json: boolean;
}

interface Stream {
  readonly isTTY?: boolean;
}

/**
 * NO_COLOR wins over FORCE_COLOR (0 and false forbid), which wins over what the stream is. In CI, on a dumb
 * terminal and with --no-tty nothing is rewritten: what reads there is a log.
 */
export function terminalMode(
  { tty, quiet, logLevel, logJson }: Pick<Settings, "tty" | "quiet" | "logLevel" | "logJson">,
  env: Readonly<Record<string, string | undefined>>,
  streams: { readonly stdout: Stream; readonly stderr: Stream } = process,
): TerminalMode {
  const isSet = (name: string): boolean => !["", "0", "false", undefined].includes(env[name]);
  const plain = !tty || isSet("CI") || env["TERM"] === "dumb";
  const coloured = ({ isTTY = false }: Stream): boolean => {
    if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
    if (env["FORCE_COLOR"] !== undefined) return isSet("FORCE_COLOR");
    return isTTY && !plain;
  };
  return {
    live: streams.stderr.isTTY === true && !plain,
    colour: { stdout: coloured(streams.stdout), stderr: coloured(streams.stderr) },
    level: quiet ? "warn" : logLevel,
    json: logJson,
  };
}

/** What tells of work in progress on standard error. */
export const progressOf = ({ live, colour, level, json }: TerminalMode): TerminalProgress =>
  json
    ? jsonProgress((line) => void process.stderr.write(line), { level })
    : terminalProgress({ live, level, colour: colour.stderr });
