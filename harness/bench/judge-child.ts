/** A process that judges one history and prints what it found and needed as one line of JSON. */
import { readFileSync } from "node:fs";
import { openHistory } from "../history/open-history.js";
import { judge } from "../invariants/judge.js";
import type { JudgedHistory } from "./check.js";

const [dir = ""] = process.argv.slice(2);
const startedMs = performance.now();
const history = await openHistory(dir);
const { accounting, invariants } = await judge(history, { strict: false });
const seconds = (performance.now() - startedMs) / 1_000;
const { user, system } = process.cpuUsage();
const ids = async (where: string): Promise<string[]> => {
  const rows = await history.query<{ id: string }>(
    `SELECT id FROM items WHERE ${where} ORDER BY id`,
  );
  return rows.map(({ id }) => id);
};
const judged: JudgedHistory = {
  books: accounting.traces,
  verdicts: Object.fromEntries(invariants.map(({ kind, verdict }) => [kind, verdict])),
  found: {
    lost: await ids("state = 'lost' AND rule IS NULL"),
    misrouted: await ids("misrouted"),
    duplicated: await ids("receipts > 1"),
    leaked: await ids("state = 'leaked'"),
    altered: await ids("altered OR rekeyed"),
  },
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakMb: Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1_024,
};
await history.close();
process.stdout.write(`${JSON.stringify(judged)}\n`);
