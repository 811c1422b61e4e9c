/** Property: repeats stay within the limit. OTLP delivers at least once, so some are allowed. */
import type { Accounting } from "../model/accounting.js";
import type { Duplicates, InvariantResult } from "../model/invariant.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import type { Judged } from "./classify.js";
import { evidenceOf, number, percent, result } from "./result.js";
import { countItems } from "./tally.js";

const PROPERTY = "Items that arrive more than once stay within the limit.";

export async function duplicates(
  spec: Duplicates,
  { history, tally }: Judged,
  books: Record<Signal, Accounting>,
): Promise<InvariantResult> {
  const received = SIGNALS.reduce((sum, signal) => sum + books[signal].received, 0);
  const repeated = SIGNALS.reduce((sum, signal) => sum + books[signal].duplicated, 0);
  const share = received === 0 ? 0 : repeated / received;
  const holds = share <= spec.limit;
  return result("duplicates", PROPERTY, received === 0 ? "inconclusive" : holds ? "pass" : "fail", {
    limit: `at most ${percent(spec.limit)}`,
    actual: `${number(repeated)} (${percent(share)})`,
    reason:
      received === 0
        ? "nothing was received"
        : `${number(repeated)} further receipts of ${number(received)} items`,
    evidence: await evidenceOf(
      history,
      ["signal", "id", "receipts"],
      "FROM items WHERE receipts > 1",
      countItems(tally, ({ receipts }) => receipts > 1),
    ),
  });
}
