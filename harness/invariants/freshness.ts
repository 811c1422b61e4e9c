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
import { holdMs } from "../oracle/holds.js";
import type { Judged } from "./classify.js";
import { evidenceOf, number, result } from "./result.js";
import { freshnessLimitMs, LATE_MS } from "./tally.js";

const PROPERTY = "Delivered items arrive within the limit after they are due.";

export async function freshness(
  { limitMs }: Freshness,
  { history, facts, tally }: Judged,
  books: Record<Signal, Accounting>,
): Promise<InvariantResult> {
  const from = `FROM items i JOIN holds h ON h.signal = i.signal WHERE i.state = 'delivered'`;
  const latest = [...SIGNALS].sort().flatMap((signal) => {
    const delivered = tally.filter((row) => row.signal === signal && row.state === "delivered");
    const lateMs = Math.max(...delivered.map((row) => row.lateMs ?? -Infinity));
    return delivered.length === 0 ? [] : [{ signal, lateMs, holdMs: holdMs(facts, signal) }];
  });
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
      limitMs === freshnessLimitMs(history) ? stale : undefined,
    ),
  });
}
