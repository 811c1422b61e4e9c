/** Counts all items by what became of them, in one pass, for every invariant that needs no more than numbers. */
import type { History } from "../history/open-history.js";
import type { Signal } from "../model/signal.js";

/** Items that are alike in all that is counted. */
export interface Tally {
  readonly signal: Signal;
  readonly answer: "acked" | "refused" | "indeterminate";
  readonly state: "delivered" | "lost" | "sampled-out" | "leaked" | "undecidable" | "not-acked";
  readonly kept: "yes" | "no" | "uncertain";
  readonly receipts: number;
  /** Whether a rule explains the loss. */
  readonly explained: boolean;
  readonly misrouted: boolean;
  /** Whether any gateway was seen with them, and whether more than one could own them. */
  readonly seen: boolean;
  readonly moving: boolean;
  readonly items: number;
  /** How long after it was due the latest of them arrived; below 0 in time, null when none did. */
  readonly lateMs: number | null;
  /** Of them, how many arrived later than the limit, and how many long before they were sent. */
  readonly stale: number;
  readonly tooEarly: number;
}

/** The scenario's limit for freshness; 0 without one, so that the books count what came after it was due. */
export const freshnessLimitMs = ({ facts }: Pick<History, "facts">): number =>
  facts.scenario.invariants.find((spec) => spec.kind === "freshness")?.limitMs ?? 0;

/** All observers read the clock of one machine. */
const MAX_CLOCK_SKEW_MS = 500;

/** SQL: of a row of `items i JOIN holds h`, how long after it was due the item arrived; below 0 in time. */
export const LATE_MS = "i.received_ms - due_ms(i.signal, i.invoke_ms, i.complete_ms + h.hold_ms)";

/** Reads `all_items`. */
export function tallyItems(history: History): Promise<Tally[]> {
  return history.query<Tally>(
    `SELECT i.signal, answer, state, kept, receipts, rule IS NOT NULL AS explained, misrouted,
       peers IS NOT NULL AS seen, coalesce(contains(owners, ','), false) AS moving, count(*) AS items,
       max(${LATE_MS}) AS "lateMs",
       count(*) FILTER (${LATE_MS} > ${String(freshnessLimitMs(history))}) AS stale,
       count(*) FILTER (received_ms < invoke_ms - ${String(MAX_CLOCK_SKEW_MS)}) AS "tooEarly"
     FROM all_items i JOIN holds h ON h.signal = i.signal GROUP BY ALL`,
  );
}

/** How many items of the tally fit, or a sum of something else of theirs. */
export const countItems = (
  tally: readonly Tally[],
  fits: (row: Tally) => boolean,
  of: (row: Tally) => number = ({ items }) => items,
): number => tally.reduce((sum, row) => (fits(row) ? sum + of(row) : sum), 0);
