/** The accounting of a signal as sums that a reader can check line by line. */
import { Accounting } from "../model/accounting.js";

export type Column = Exclude<keyof Accounting, "balances">;

/** A total and the columns that must add up to it. */
interface Sum {
  readonly total: Column;
  readonly parts: readonly Column[];
}

export const SUMS: readonly Sum[] = [
  { total: "attempted", parts: ["acked", "refused", "indeterminate"] },
  {
    total: "acked",
    parts: ["delivered", "lostExplained", "lostUnexplained", "sampledOut", "leaked", "undecidable"],
  },
  {
    total: "received",
    parts: ["delivered", "leaked", "recovered", "undecidableReceived", "unexpected"],
  },
];

/** Columns that belong to no sum. */
export const ASIDE: readonly Column[] = [
  "duplicated",
  "stale",
  "torn",
  "misrouted",
  "transitional",
];

/** `lostUnexplained` is `lost, unexplained`; other names only get their spaces back. */
export const COLUMN_NAME: Record<Column, string> = {
  attempted: "attempted",
  acked: "acked",
  refused: "refused",
  indeterminate: "indeterminate",
  delivered: "delivered",
  lostExplained: "lost, explained",
  lostUnexplained: "lost, unexplained",
  sampledOut: "sampled out",
  leaked: "leaked",
  undecidable: "undecidable",
  undecidableReceived: "undecidable, received",
  recovered: "recovered",
  received: "received",
  duplicated: "duplicated",
  stale: "stale",
  unexpected: "unexpected",
  torn: "torn traces",
  misrouted: "misrouted",
  transitional: "transitional",
};

/** What a column counts, in the words of the schema. */
export const columnMeaning = (column: Column): string => Accounting.shape[column].description ?? "";

export interface CheckedSum {
  readonly total: Column;
  readonly parts: readonly Column[];
  readonly totalCount: number;
  readonly partsCount: number;
  readonly addsUp: boolean;
}

/** The three sums, recomputed here rather than believed. */
export function checkSums(accounting: Accounting): readonly CheckedSum[] {
  return SUMS.map(({ total, parts }) => {
    const partsCount = parts.reduce((sum, part) => sum + accounting[part], 0);
    const totalCount = accounting[total];
    return { total, parts, totalCount, partsCount, addsUp: totalCount === partsCount };
  });
}

/** Items whose delivery was demanded: acked and expected at the backend. */
export const expectedItems = (a: Accounting): number =>
  a.delivered + a.lostExplained + a.lostUnexplained;
