/**
 * Property: what is delivered arrives in time. An item is due when its agent has answered and every stage has held
 * it for as long as a healthy deployment may (oracle/holds.ts), and, when a fault kept its backend away meanwhile, the
 * exporter has waited the longest that it may before it tries again (oracle/backend-outages.ts); received later than
 * the limit after that, it is stale, and one stale item fails. The first receipt counts. Inconclusive when nothing was
 * delivered.
 */
import type { Accounting } from "../model/accounting.js";
import { formatDuration } from "../model/durations.js";
import type { Freshness, InvariantResult } from "../model/invariant.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import type { Judged } from "./classify.js";
import { evidenceOf, number, result } from "./result.js";

const PROPERTY = "Delivered items arrive within the limit after they are due.";

/** Of a row of `items i JOIN holds h`: how long after it was due the item arrived; below 0 in time. */
export const LATE_MS = "i.received_ms - due_ms(i.signal, i.invoke_ms, i.complete_ms + h.hold_ms)";

/** The limit that the scenario sets; 0 without one, so that the books count what came after it was due. */
export const freshnessLimitMs = ({ history }: Judged): number =>
  history.facts.scenario.invariants.find((spec) => spec.kind === "freshness")?.limitMs ?? 0;

export async function freshness(
  { limitMs }: Freshness,
  { history }: Judged,
  books: Record<Signal, Accounting>,
): Promise<InvariantResult> {
  const from = `FROM items i JOIN holds h ON h.signal = i.signal WHERE i.state = 'delivered'`;
  const latest = await history.query<{ signal: Signal; lateMs: number; holdMs: number }>(
    `SELECT i.signal, max(${LATE_MS}) AS "lateMs", any_value(h.hold_ms) AS "holdMs"
     ${from} GROUP BY i.signal ORDER BY i.signal`,
  );
  const stale = SIGNALS.reduce((sum, signal) => sum + books[signal].stale, 0);
  const verdict = stale > 0 ? "fail" : latest.length === 0 ? "inconclusive" : "pass";
  const said = latest.map(
    ({ signal, lateMs }) =>
      `${signal}: ${formatDuration(Math.abs(lateMs))} ${lateMs > 0 ? "late" : "early"} at worst`,
  );
  return result("freshness", PROPERTY, verdict, {
    limit: `${formatDuration(limitMs)} after ${latest
      .map(({ signal, holdMs }) => `${formatDuration(holdMs)} (${signal})`)
      .join(", ")}`,
    actual: `${number(stale)} stale; ${said.join(", ")}`,
    reason:
      latest.length === 0
        ? "nothing was delivered"
        : stale > 0
          ? `${number(stale)} items arrived later than ${formatDuration(limitMs)} after they were due`
          : "every delivered item arrived in time",
    evidence: await evidenceOf(
      history,
      [
        `round(${LATE_MS}) AS late_ms`,
        "i.signal AS signal",
        "i.id AS id",
        "i.key AS key",
        "i.complete_ms AS acked_ms",
        "i.received_ms AS received_ms",
        "array_to_string(i.peers, ', ') AS gateways",
      ],
      `${from} AND ${LATE_MS} > ${String(limitMs)}`,
    ),
  });
}
