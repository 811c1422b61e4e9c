/** What the collectors logged around the sends of the lost items that a report shows. */
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { LogLine, LogLines, ReportSeries } from "./series.js";

/** Before the first and after the last send of a group's lost items. */
export const AROUND_MS = 5_000;
/** Kept of all logs, warnings and errors first. */
const MAX_LINES = 1_500;
const MAX_COLUMNS = 400;

const LEVEL = /^(debug|info|warn|error|dpanic|panic|fatal)\b/;
const IMPORTANT = /^(warn|error|dpanic|panic|fatal)\b/;

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** `dir` holds POD.CONTAINER.log and POD.CONTAINER.previous.log, each line with its time first; it may be missing. */
export async function readCollectorLogs(
  dir: string,
  { lost, pods }: Pick<ReportSeries, "lost" | "pods">,
): Promise<LogLines> {
  const windows = windowsOf(lost);
  if (windows.length === 0) return { total: 0, shown: [] };
  const names = new Set(pods.filter(({ tier }) => tier !== "observer").map(({ pod }) => pod));
  const important: LogLine[] = [];
  const others: LogLine[] = [];
  let total = 0;
  for (const file of (await readdir(dir).catch(() => [])).sort()) {
    const pod = file.slice(0, file.indexOf("."));
    if (!file.endsWith(".log") || !names.has(pod)) continue;
    for await (const text of createInterface({ input: createReadStream(join(dir, file)) })) {
      const line = parse(pod, text);
      if (line === undefined || !isWithin(line.atMs, windows)) continue;
      total += 1;
      const kept = IMPORTANT.test(line.text) ? important : others;
      if (kept.length < MAX_LINES) kept.push(line);
    }
  }
  const shown = [...important, ...others].slice(0, MAX_LINES);
  return { total, shown: shown.sort((a, b) => a.atMs - b.atMs) };
}

/** From AROUND_MS before to AROUND_MS after the sends of each group, overlapping ones as one, in order. */
function windowsOf({ shown }: ReportSeries["lost"]): readonly Window[] {
  const windows = shown
    .flatMap(({ items }) => {
      const sends = items.filter((item) => item.lost).flatMap((item) => item.sends);
      if (sends.length === 0) return [];
      const times = sends.map(({ sentMs }) => sentMs);
      return [{ fromMs: Math.min(...times) - AROUND_MS, toMs: Math.max(...times) + AROUND_MS }];
    })
    .sort((a, b) => a.fromMs - b.fromMs);
  const merged: Window[] = [];
  for (const window of windows) {
    const last = merged.at(-1);
    if (last === undefined || window.fromMs > last.toMs) merged.push(window);
    else merged[merged.length - 1] = { ...last, toMs: Math.max(last.toMs, window.toMs) };
  }
  return merged;
}

const isWithin = (ms: number, windows: readonly Window[]): boolean =>
  windows.some(({ fromMs, toMs }) => ms >= fromMs && ms <= toMs);

/**
 * `TIME TIME LEVEL …`: the first time is the cluster's, the second the collector's own. A line without a level is
 * part of a stack trace, of which each error has dozens.
 */
function parse(pod: string, line: string): LogLine | undefined {
  const space = line.indexOf(" ");
  const atMs = Date.parse(line.slice(0, space));
  if (space === -1 || Number.isNaN(atMs)) return undefined;
  const rest = line.slice(space + 1).replace(/^\d{4}-\d\d-\d\dT\S+\s+/, "");
  if (!LEVEL.test(rest)) return undefined;
  return { atMs, pod, text: rest.length > MAX_COLUMNS ? `${rest.slice(0, MAX_COLUMNS)}…` : rest };
}
