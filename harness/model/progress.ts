/** How work tells the person who waits for it what is going on. harness/report/terminal.ts shows it. */
export interface Progress {
  /** A phase begins; the one before it has ended. */
  phase(name: string): void;
  /** What is being done right now, one line; replaces the one before. */
  status(text: string): void;
  /** Something happened that stays on record: a fault injected, a pod ready. */
  event(text: string): void;
  /** Something the reader should know although the run goes on. */
  warn(text: string): void;
}

/** Says nothing. */
export const silent: Progress = {
  phase: () => undefined,
  status: () => undefined,
  event: () => undefined,
  warn: () => undefined,
};
