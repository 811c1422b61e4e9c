/**
 * Property: what agents acknowledged and sampling keeps arrives, except inside the windows in which the
 * deployment's own configuration may lose it. One unexplained item fails; so does a share of explained ones
 * above the budget. Inconclusive when nothing was expected, or when items are missing that were not yet due
 * when the journals were cut.
 */
import type { Accounting } from "../model/accounting.js";
import type { InvariantResult, ZeroLoss } from "../model/invariant.js";
import { ITEM_NAME, SIGNALS, type Signal } from "../model/signal.js";
import type { Verdict } from "../model/verdict.js";
import type { Judged } from "./classify.js";
import { evidenceOf, MAX_ROWS, number, percent, result } from "./result.js";
import { countItems } from "./tally.js";

const PROPERTY =
  "No acknowledged item that sampling keeps is missing at its backend without explanation.";

export async function zeroLoss(
  spec: ZeroLoss,
  judged: Judged,
  books: Record<Signal, Accounting>,
): Promise<InvariantResult> {
  const { history, tally } = judged;
  const signals = SIGNALS.map((signal) => {
    const { delivered, lostExplained, lostUnexplained } = books[signal];
    const expected = delivered + lostExplained + lostUnexplained;
    const share = expected === 0 ? 0 : lostExplained / expected;
    return { signal, expected, lostExplained, lostUnexplained, share };
  });
  const unexplained = signals.filter(({ lostUnexplained }) => lostUnexplained > 0);
  const over = signals.find(({ share }) => share > spec.explainedBudget);
  const expected = signals.reduce((sum, row) => sum + row.expected, 0);
  const [first] = unexplained;
  const notDue = countItems(tally, (row) => row.state === "undecidable" && row.kept === "yes");
  let verdict: Verdict = "pass";
  let reason = "every missing item is explained, within the budget";
  if (expected === 0 && notDue === 0) {
    verdict = "inconclusive";
    reason = "no item was expected at a backend";
  } else if (first !== undefined) {
    verdict = "fail";
    const { one, many } = ITEM_NAME[first.signal];
    reason =
      `${number(first.lostUnexplained)} of ${number(first.expected)} expected ${many} ` +
      `never arrived, and nothing explains it: ${one} ${await firstUnexplained(history, first.signal)}`;
  } else if (over !== undefined) {
    verdict = "fail";
    reason =
      `${percent(over.share)} of the expected ${ITEM_NAME[over.signal].many} lost, explained, ` +
      `above the budget of ${percent(spec.explainedBudget)}`;
  } else if (notDue > 0) {
    verdict = "inconclusive";
    reason = "nothing that was due is missing without explanation";
  } else if (signals.every(({ lostExplained }) => lostExplained === 0)) {
    reason = "everything expected arrived";
  }
  if (notDue > 0) reason += `; ${number(notDue)} items were not yet due when the journals were cut`;
  const actual = signals.map(
    (row) =>
      `${row.signal}: ${number(row.lostUnexplained)} unexplained, ${percent(row.share)} explained`,
  );
  return result("zero-loss", PROPERTY, verdict, {
    limit: `0 unexplained, at most ${percent(spec.explainedBudget)} explained`,
    actual: actual.join("; "),
    reason,
    evidence: await lostItems(judged, first !== undefined),
  });
}

/** Each lost item with its predicted owner, the rings that its agent could have, and the fault nearest in time. */
async function lostItems(
  { history, audit, tally }: Judged,
  unexplainedOnly: boolean,
): Promise<InvariantResult["evidence"]> {
  const from = `FROM items WHERE state = 'lost'${unexplainedOnly ? " AND rule IS NULL" : ""}`;
  const total = countItems(
    tally,
    (row) => row.state === "lost" && !(unexplainedOnly && row.explained),
  );
  const shows = `
     CREATE OR REPLACE TABLE shown AS
     SELECT i.*, epoch.name AS epoch, fault.name AS nearest_fault
     FROM (SELECT * ${from} ORDER BY signal, invoke_ms, id LIMIT ${String(MAX_ROWS)}) i
     LEFT JOIN LATERAL (
       SELECT string_agg((r.ring + 1)::INTEGER, ' or ' ORDER BY r.ring) AS name
       FROM rings r JOIN holds h ON h.signal = i.signal
       WHERE r.from_ms < i.complete_ms + h.routed_ms AND i.invoke_ms < r.to_ms) epoch ON true
     LEFT JOIN LATERAL (
       SELECT arg_min(round(abs(i.invoke_ms - f.at_ms) / 1000, 1) || ' s ' ||
                CASE WHEN i.invoke_ms < f.at_ms THEN 'before' ELSE 'after' END || ' fault #' || (f.fault + 1),
                abs(i.invoke_ms - f.at_ms)) AS name
       FROM faults f WHERE f.step = 'injected') fault ON true`;
  if (total > 0) await history.query(shows);
  const shown = await evidenceOf(
    history,
    [
      "signal",
      "id",
      "key",
      "class",
      "invoke_ms",
      "array_to_string(owners, ' or ') AS predicted_owner",
      "epoch",
      "nearest_fault",
      ...(audit.kind === "whole" ? ["array_to_string(audited, ', ') AS seen_at"] : []),
      "place",
      "rule",
    ],
    "FROM shown",
    Math.min(total, MAX_ROWS),
  );
  return { ...shown, total };
}

/** Names the first: `1f2e… of trace 9ab1…, for gateway 10.244.1.5`. */
async function firstUnexplained(history: Judged["history"], signal: Signal): Promise<string> {
  const [row] = await history.query<{ id: string; key: string; owners: string }>(
    `SELECT id, key, array_to_string(owners, ' or ') AS owners FROM items
     WHERE state = 'lost' AND rule IS NULL AND signal = $signal ORDER BY invoke_ms, id LIMIT 1`,
    { signal },
  );
  if (row === undefined) return "";
  const of = signal === "metrics" ? "service" : "trace";
  return `${row.id} of ${of} ${row.key}${row.owners === "" ? "" : `, for gateway ${row.owners}`}`;
}
