/**
 * Progress as lines of JSON, for a file beside the reports and for who collects logs: each a LogLine. A status that
 * repeats itself is told once.
 */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { once } from "node:events";
import type { Progress } from "../model/progress.js";
import { oneLine } from "./one-line.js";
import { LOG_LEVELS, type LogLevel, type TerminalProgress } from "./terminal.js";

export interface LogLine {
  /** RFC 3339 in UTC. */
  readonly at: string;
  readonly level: LogLevel;
  readonly kind: "phase" | "status" | "event" | "warning";
  readonly text: string;
}

/** `level`: the least important that is told. */
export function jsonProgress(
  write: (line: string) => void,
  { level = "debug", now = () => new Date() }: { level?: LogLevel; now?: () => Date } = {},
): TerminalProgress {
  let closed = false;
  let status = "";
  const tell =
    (kind: LogLine["kind"], of: LogLevel) =>
    (text: string): void => {
      if (closed || LOG_LEVELS.indexOf(of) > LOG_LEVELS.indexOf(level)) return;
      const told = oneLine(text);
      if (kind === "status" && (told === status || told === "")) return;
      if (kind === "status") status = told;
      const line: LogLine = { at: now().toISOString(), level: of, kind, text: told };
      write(`${JSON.stringify(line)}\n`);
    };
  return {
    phase: tell("phase", "info"),
    status: tell("status", "debug"),
    event: tell("event", "info"),
    warn: tell("warning", "warn"),
    idle: () => undefined,
    close: () => {
      closed = true;
    },
  };
}

/** Everything, whatever is shown elsewhere, into a new file; `end` resolves when it is written. */
export async function logFile(path: string): Promise<{ log: Progress; end: () => Promise<void> }> {
  await mkdir(dirname(path), { recursive: true });
  const stream = createWriteStream(path, { flags: "a" });
  await once(stream, "open");
  // A disk that fills up must not end a run that can still be judged.
  stream.on("error", () => undefined);
  const log = jsonProgress((line) => void stream.write(line));
  const end = async (): Promise<void> => {
    if (stream.destroyed) return;
    stream.end();
    await once(stream, "close");
  };
  return { log, end };
}

/** Tells both; the first has the terminal. */
export const alsoTelling = (shown: TerminalProgress, log: Progress): TerminalProgress => ({
  ...shown,
  phase: (name) => {
    shown.phase(name);
    log.phase(name);
  },
  status: (text) => {
    shown.status(text);
    log.status(text);
  },
  event: (text) => {
    shown.event(text);
    log.event(text);
  },
  warn: (text) => {
    shown.warn(text);
    log.warn(text);
  },
});
