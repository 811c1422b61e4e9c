/**
 * What a person at a terminal, or a log, sees of work in progress; the end of it is
 * terminal-summary.ts.
 */
import pc from "picocolors";
import { formatDuration } from "../model/durations.js";
import type { Progress } from "../model/progress.js";
import { oneLine } from "./one-line.js";

export { closing, summary, summaryLine } from "./terminal-summary.js";

/**
 * From little to much: nothing but what ends the command; warnings; phases, events and the status; in a log
 * every change of the status too.
 */
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface TerminalProgress extends Progress {
  /**
   * Ends the phase, by default as done (✓, else ✗), and gives the line back until the next one: call
   * it before anything else writes to the terminal.
   */
  idle(outcome?: "done" | "failed"): void;
  /** The same for good. Later calls do nothing. */
  close(outcome?: "done" | "failed"): void;
}

export interface TerminalOptions {
  /** Default: standard error. Colour and the live line follow what it is. */
  readonly stream?: ProgressStream;
  /** Whether the status is one line that is rewritten in place; default: on a terminal. */
  readonly live?: boolean;
  /** The least important that is told, default info. */
  readonly level?: LogLevel;
  readonly heartbeatMs?: number;
  readonly now?: () => number;
  /**
   * Whether to use colour; default as picocolors finds out from NO_COLOR, FORCE_COLOR and the
   * terminal.
   */
  readonly colour?: boolean;
}

/** The part of a tty.WriteStream that is used. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const HEARTBEAT_MS = 15_000;
/** The live line counts the seconds. */
const TICK_MS = 1_000;

/** On a terminal one live status line under the events; elsewhere plain lines and a heartbeat. */
export function terminalProgress(options: TerminalOptions = {}): TerminalProgress {
  const stream = options.stream ?? process.stderr;
  const now = options.now ?? Date.now;
  const colours = pc.createColors(options.colour ?? pc.isColorSupported);
  const startedMs = now();
  const tells = (level: LogLevel): boolean =>
    LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(options.level ?? "info");
  const live = tells("info") && (options.live ?? stream.isTTY === true);
  const line = live ? liveLine(stream) : { show: () => undefined, clear: () => undefined };
  let phase: { name: string; startedMs: number } | undefined;
  let status = "";
  let closed = false;
  let lastLineMs = startedMs;

  const say = (text: string, level: LogLevel = "info"): void => {
    if (!tells(level)) return;
    line.clear();
    stream.write(`${text}\n`);
    lastLineMs = now();
    refresh();
  };
  const elapsed = (): string => formatDuration(now() - startedMs).padStart(8);
  /** `deploy 12.0 s · 2 of 3 gateways ready`; empty when nothing is known to be done. */
  const doing = (): string => {
    const inPhase =
      phase === undefined ? [] : [`${phase.name} ${formatDuration(now() - phase.startedMs)}`];
    return [...inPhase, ...(status === "" ? [] : [status])].join(" · ");
  };
  const refresh = (): void => {
    if (closed || doing() === "") return;
    // Where there is little room, the time of the phase is enough.
    const columns = stream.columns ?? 0;
    line.show(columns > 0 && columns < 80 ? doing() : `${elapsed()}  ${doing()}`);
  };
  const endPhase = (outcome: "done" | "failed"): void => {
    if (phase === undefined) return;
    const mark = outcome === "done" ? colours.green("✓") : colours.red("✗");
    const took = formatDuration(now() - phase.startedMs);
    const { name } = phase;
    phase = undefined;
    status = "";
    say(`${mark} ${name} ${colours.dim(took)}`);
  };
  const idle = (outcome: "done" | "failed" = "done"): void => {
    endPhase(outcome);
    status = "";
    line.clear();
  };
  const timer = setInterval(
    () => {
      if (live) refresh();
      else if (doing() !== "" && now() - lastLineMs >= (options.heartbeatMs ?? HEARTBEAT_MS)) {
        say(`  ${elapsed().trim()} ${doing()}`);
      }
    },
    Math.min(TICK_MS, options.heartbeatMs ?? TICK_MS),
  );
  timer.unref();

  return {
    phase: (name) => {
      endPhase("done");
      phase = { name, startedMs: now() };
      if (!live) say(`• ${name}`);
      refresh();
    },
    status: (text) => {
      const told = oneLine(text);
      if (!live && told !== status && told !== "") say(`  ${elapsed().trim()} ${told}`, "debug");
      status = told;
      refresh();
    },
    event: (text) => say(`  ${colours.dim(elapsed().trim())} ${oneLine(text)}`),
    warn: (text) => say(`${colours.yellow("!")} ${oneLine(text)}`, "warn"),
    idle,
    close: (outcome) => {
      if (closed) return;
      idle(outcome);
      closed = true;
      clearInterval(timer);
    },
  };
}

/** One line that is rewritten in place and never wraps: a wrapped line could not be taken back. */
function liveLine(stream: ProgressStream): { show: (text: string) => void; clear: () => void } {
  let shown = false;
  const clear = (): void => {
    if (shown) stream.write("\r\u001b[K");
    shown = false;
  };
  return {
    clear,
    show: (text) => {
      // A pseudo terminal that nobody has sized says 0.
      const columns = stream.columns === 0 ? undefined : stream.columns;
      const room = (columns ?? 80) - 1;
      stream.write(`\r\u001b[K${fitted(text, room)}`);
      shown = true;
    },
  };
}

/** Parts between middle dots are left out from the end; only a first part that is too long is cut. */
function fitted(text: string, room: number): string {
  if (lengthOf(text) <= room) return text;
  const parts = text.split(" · ");
  for (let count = parts.length - 1; count > 0; count -= 1) {
    const shorter = `${parts.slice(0, count).join(" · ")} · …`;
    if (lengthOf(shorter) <= room) return shorter;
  }
  return `${Array.from(text)
    .slice(0, room - 1)
    .join("")}…`;
}

const lengthOf = (text: string): number => Array.from(text).length;
