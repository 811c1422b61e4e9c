/** Small helpers that every invariant builds its result with. */
import type { History } from "../history/open-history.js";
import type { Evidence, InvariantKind, InvariantResult } from "../model/invariant.js";
import type { Verdict } from "../model/verdict.js";

/** Rows of evidence that a result carries; `total` says how many there are. */
export const MAX_ROWS = 50;

export const NO_EVIDENCE: Evidence = { columns: [], rows: [], total: 0 };

export const number = (n: number): string => n.toLocaleString("en-US");
export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** The rows of a query as evidence; `total` is their number where it is known, and saves to count them. */
export async function evidenceOf(
  history: History,
  columns: readonly string[],
  from: string,
  total?: number,
): Promise<Evidence> {
  const [count] =
    total === undefined
      ? await history.query<{ n: number }>(`SELECT count(*) AS n ${from}`)
      : [{ n: total }];
  const rows =
    count?.n === 0
      ? []
      : await history.query<Record<string, string | number | boolean | null>>(
          `SELECT ${columns.join(", ")} ${from} ORDER BY ALL LIMIT ${String(MAX_ROWS)}`,
        );
  const names = columns.map((column) => column.split(/ AS /i).at(-1) ?? column);
  return {
    columns: names,
    rows: rows.map((row) => names.map((name) => row[name] ?? null)),
    total: count?.n ?? 0,
  };
}

/** Rows that are in memory as evidence. */
export const evidenceRows = (columns: readonly string[], rows: Evidence["rows"]): Evidence => ({
  columns: [...columns],
  rows: rows.slice(0, MAX_ROWS),
  total: rows.length,
});

export function result(
  kind: InvariantKind,
  property: string,
  verdict: Verdict,
  said: { limit: string; actual: string; reason: string; evidence?: Evidence },
): InvariantResult {
  return { evidence: NO_EVIDENCE, ...said, kind, property, verdict };
}
