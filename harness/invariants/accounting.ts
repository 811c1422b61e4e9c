/** The books of each signal, counted from the classification. */
import { balances, type Accounting } from "../model/accounting.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import type { Judged } from "./classify.js";
import { countItems, type Tally } from "./tally.js";

type Counts = Omit<Accounting, "balances">;

/** Every attempted item in exactly one column; `received` is counted apart, so that the sums can fail. */
export async function account({ history, tally }: Judged): Promise<Record<Signal, Accounting>> {
  const receipts = await history.query<{ signal: Signal; received: number; unexpected: number }>(
    `SELECT signal, sum(n)::BIGINT AS received, sum(stray)::BIGINT AS unexpected FROM (
       SELECT signal, items AS n, 0 AS stray FROM received
       UNION ALL SELECT signal, count(DISTINCT (id, run)) AS n, n AS stray FROM strays GROUP BY signal)
     GROUP BY signal`,
  );
  const [torn] = await history.query<{ n: number }>(
    "SELECT count(*) AS n FROM traces WHERE kept = 'yes' AND delivered AND lost",
  );
  const books = SIGNALS.map((signal) => {
    const seen = receipts.find((row) => row.signal === signal);
    const own = tally.filter((row) => row.signal === signal);
    const counts = countsOf(own, {
      received: seen?.received ?? 0,
      unexpected: seen?.unexpected ?? 0,
      torn: signal === "traces" ? (torn?.n ?? 0) : 0,
    });
    return [signal, { ...counts, balances: balances(counts) }] as const;
  });
  return Object.fromEntries(books) as Record<Signal, Accounting>;
}

/** Every column, of which some are not counted from items. */
function countsOf(
  tally: readonly Tally[],
  others: Pick<Counts, "received" | "unexpected" | "torn">,
): Counts {
  const count = (fits: (row: Tally) => boolean): number => countItems(tally, fits);
  const answered = (answer: Tally["answer"]): number => count((row) => row.answer === answer);
  const became = (state: Tally["state"], fits: (row: Tally) => boolean = () => true): number =>
    count((row) => row.state === state && fits(row));
  const arrived = ({ receipts }: Tally): boolean => receipts > 0;
  return {
    attempted: count(() => true),
    acked: answered("acked"),
    refused: answered("refused"),
    indeterminate: answered("indeterminate"),
    delivered: became("delivered"),
    lostExplained: became("lost", ({ explained }) => explained),
    lostUnexplained: became("lost", ({ explained }) => !explained),
    sampledOut: became("sampled-out"),
    leaked: became("leaked"),
    undecidable: became("undecidable"),
    undecidableReceived: became("undecidable", arrived),
    recovered: became("not-acked", arrived),
    received: others.received,
    duplicated: countItems(tally, arrived, ({ receipts, items }) => (receipts - 1) * items),
    stale: countItems(
      tally,
      ({ state }) => state === "delivered",
      ({ stale }) => stale,
    ),
    unexpected: others.unexpected,
    torn: others.torn,
    misrouted: count(({ misrouted }) => misrouted),
    transitional: count((row) => row.moving && arrived(row) && !row.misrouted),
  };
}
