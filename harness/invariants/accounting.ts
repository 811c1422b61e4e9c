/** The books of each signal, counted from the classification. */
import { balances, type Accounting } from "../model/accounting.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import type { Judged } from "./classify.js";
import { freshnessLimitMs, LATE_MS } from "./freshness.js";

type Counts = Omit<Accounting, "balances">;

/** Every attempted item in exactly one column; `received` is counted apart, so that the sums can fail. */
export async function account(judged: Judged): Promise<Record<Signal, Accounting>> {
  const { history } = judged;
  const rows = await history.query<Counts & { signal: Signal }>(
    `SELECT i.signal, count(*) AS attempted,
       count(*) FILTER (answer = 'acked') AS acked,
       count(*) FILTER (answer = 'refused') AS refused,
       count(*) FILTER (answer = 'indeterminate') AS indeterminate,
       count(*) FILTER (state = 'delivered') AS delivered,
       count(*) FILTER (state = 'lost' AND rule IS NOT NULL) AS "lostExplained",
       count(*) FILTER (state = 'lost' AND rule IS NULL) AS "lostUnexplained",
       count(*) FILTER (state = 'sampled-out') AS "sampledOut",
       count(*) FILTER (state = 'leaked') AS leaked,
       count(*) FILTER (state = 'undecidable') AS undecidable,
       count(*) FILTER (state = 'undecidable' AND receipts > 0) AS "undecidableReceived",
       count(*) FILTER (state = 'not-acked' AND receipts > 0) AS recovered,
       coalesce(sum(greatest(receipts - 1, 0)), 0) AS duplicated,
       count(*) FILTER (state = 'delivered' AND ${LATE_MS} > ${String(freshnessLimitMs(judged))}) AS stale,
       count(*) FILTER (misrouted) AS misrouted,
       count(*) FILTER (len(owners) > 1 AND receipts > 0 AND NOT misrouted) AS transitional
     FROM items i JOIN holds h ON h.signal = i.signal GROUP BY i.signal`,
  );
  const receipts = await history.query<{ signal: Signal; received: number; unexpected: number }>(
    `SELECT signal, sum(n)::BIGINT AS received, sum(stray)::BIGINT AS unexpected FROM (
       SELECT signal, items AS n, 0 AS stray FROM received
       UNION ALL SELECT signal, count(DISTINCT (id, run)) AS n, n AS stray FROM strays GROUP BY signal)
     GROUP BY signal`,
  );
  const [torn] = await history.query<{ n: number }>(
    `SELECT count(DISTINCT key) AS n FROM items WHERE signal = 'traces' AND kept = 'yes' AND state = 'delivered'
       AND key IN (SELECT key FROM items WHERE signal = 'traces' AND kept = 'yes' AND state = 'lost')`,
  );
  const books = SIGNALS.map((signal) => {
    const own = rows.find((row) => row.signal === signal);
    const seen = receipts.find((row) => row.signal === signal);
    const counts: Counts = {
      ...ZERO,
      ...countsOf(own),
      received: seen?.received ?? 0,
      unexpected: seen?.unexpected ?? 0,
      torn: signal === "traces" ? (torn?.n ?? 0) : 0,
    };
    return [signal, { ...counts, balances: balances(counts) }] as const;
  });
  return Object.fromEntries(books) as Record<Signal, Accounting>;
}

/** The counts of a row without its name. */
function countsOf(row: (Counts & { signal?: Signal }) | undefined): Partial<Counts> {
  const counts = { ...row };
  delete counts.signal;
  return counts;
}

const ZERO: Counts = {
  attempted: 0,
  acked: 0,
  refused: 0,
  indeterminate: 0,
  delivered: 0,
  lostExplained: 0,
  lostUnexplained: 0,
  sampledOut: 0,
  leaked: 0,
  undecidable: 0,
  undecidableReceived: 0,
  recovered: 0,
  received: 0,
  duplicated: 0,
  stale: 0,
  unexpected: 0,
  torn: 0,
  misrouted: 0,
  transitional: 0,
};
