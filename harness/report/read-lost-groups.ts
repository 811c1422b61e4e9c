/** Traces and single items that lost something, with every send and receipt: the drill-down of a report. */
import type { LossPlace } from "../model/accounting.js";
import type { Signal } from "../model/signal.js";
import type { Query } from "./query.js";
import type { ItemSend, LostGroup, LostGroupItem, LostGroups } from "./series.js";

/** Of each signal; the file stays small, and IDs are random, so that the first by ID are a fair sample. */
const MAX_GROUPS = 150;
/** A trace of the smoke load has 10 spans. */
const MAX_ITEMS = 60;

interface GroupRow {
  readonly signal: Signal;
  readonly gid: string;
  readonly key: string;
  readonly class: string | null;
  readonly owners: string | null;
  readonly lost: number;
  readonly items: number;
  readonly total: number;
}

interface ItemRow {
  readonly signal: Signal;
  readonly gid: string;
  readonly id: string;
  readonly error: boolean | null;
  readonly lost: boolean;
  readonly place: LossPlace | null;
  readonly rule: string | null;
}

interface SendRow {
  readonly signal: Signal;
  readonly id: string;
  readonly sent: number;
  readonly answered: number | null;
  readonly outcome: ItemSend["outcome"];
  readonly node: string;
  readonly lasted: number | null;
}

interface ReceiptRow {
  readonly signal: Signal;
  readonly id: string;
  readonly received: number;
  readonly gateway: string;
}

/** Spans go by trace; a metric point and a log record stand for themselves. */
const GROUP_ID = "CASE signal WHEN 'traces' THEN key ELSE id END";

/**
 * Few lose anything, and only those are put together. The owners of a trace are those of all its spans: the gateways
 * may change while it lasts.
 */
const GROUPS = `
  CREATE OR REPLACE TEMP TABLE lost_groups AS
  SELECT *, count(*) OVER ()::INTEGER AS total FROM (
    SELECT signal, gid, any_value(key) AS key, any_value(class) AS class,
      array_to_string(list_sort(list_distinct(flatten(
        list(string_split(owners, ',')) FILTER (WHERE owners IS NOT NULL)))), ',') AS owners,
      count(*) FILTER (WHERE state = 'lost')::INTEGER AS lost,
      count(*)::INTEGER AS items, bool_or(state = 'lost' AND rule IS NULL) AS unexplained
    FROM (SELECT *, ${GROUP_ID} AS gid FROM report_items)
    SEMI JOIN (SELECT signal, ${GROUP_ID} AS gid FROM report_items WHERE state = 'lost') USING (signal, gid)
    GROUP BY signal, gid
  )
  QUALIFY row_number() OVER (PARTITION BY signal ORDER BY unexplained DESC, gid) <= ${String(MAX_GROUPS)}`;

const ITEMS = `
  CREATE OR REPLACE TEMP TABLE lost_items AS
  SELECT signal, gid, id, error, state = 'lost' AS lost, place, rule
  FROM (SELECT *, ${GROUP_ID} AS gid FROM report_items) SEMI JOIN lost_groups USING (signal, gid)
  QUALIFY row_number() OVER (PARTITION BY signal, gid ORDER BY lost DESC, id) <= ${String(MAX_ITEMS)}`;

export async function readLostGroups(query: Query): Promise<LostGroups> {
  await query(GROUPS);
  const groups = await query<GroupRow>(
    "FROM lost_groups ORDER BY unexplained DESC, signal DESC, gid",
  );
  if (groups.length === 0) return { total: 0, shown: [] };
  await query(ITEMS);
  const items = await query<ItemRow>("FROM lost_items ORDER BY signal, gid, id");
  const ofShown = "SEMI JOIN lost_items USING (signal, id)";
  const sends = await query<SendRow>(`
    SELECT signal, id, sent_ms::DOUBLE AS sent, answered_ms::DOUBLE AS answered, outcome, node,
      lasted_ms::DOUBLE AS lasted
    FROM report_sends ${ofShown} ORDER BY sent, node`);
  const receiptsIn = (view: string): Promise<readonly ReceiptRow[]> =>
    query(`
    SELECT signal, id, at_ms::DOUBLE AS received, gateway FROM ${view} ${ofShown} ORDER BY received, gateway`);
  const itemsOf = index(items, ({ signal, gid }) => `${signal} ${gid}`);
  const sendsOf = index(sends, ({ signal, id }) => `${signal} ${id}`);
  const receiptsOf = receiptIndex(await receiptsIn("report_receipts"));
  const reachedOf = receiptIndex(await receiptsIn("report_reached"));
  const shown = groups.map((group): LostGroup => {
    const own = itemsOf(`${group.signal} ${group.gid}`).map((item): LostGroupItem => {
      const key = `${item.signal} ${item.id}`;
      return {
        id: item.id,
        error: item.error === true,
        lastedMs: sendsOf(key)[0]?.lasted ?? null,
        sends: sendsOf(key).map(({ sent, answered, outcome, node }) => ({
          sentMs: sent,
          answeredMs: answered,
          outcome,
          node,
        })),
        receipts: receiptsOf(key),
        reached: reachedOf(key),
        lost: item.lost,
        place: item.lost ? item.place : null,
        rule: item.lost ? item.rule : null,
      };
    });
    const firstSend = (item: LostGroupItem): number => item.sends[0]?.sentMs ?? 0;
    return {
      signal: group.signal,
      key: group.key,
      class: group.class ?? "",
      lostItems: group.lost,
      owners: (group.owners ?? "").split(",").filter((owner) => owner !== ""),
      items: own.sort((a, b) => firstSend(a) - firstSend(b)),
      totalItems: group.items,
    };
  });
  return { total: groups[0]?.total ?? 0, shown };
}

/** Receipts by signal and ID of their item. */
function receiptIndex(rows: readonly ReceiptRow[]): (key: string) => LostGroupItem["receipts"] {
  const of = index(rows, ({ signal, id }) => `${signal} ${id}`);
  return (key) => of(key).map(({ received, gateway }) => ({ atMs: received, gateway }));
}

/** Rows by key; a key without rows has none. */
function index<T>(rows: readonly T[], keyOf: (row: T) => string): (key: string) => readonly T[] {
  const byKey = new Map<string, T[]>();
  for (const row of rows) {
    const list = byKey.get(keyOf(row));
    if (list === undefined) byKey.set(keyOf(row), [row]);
    else list.push(row);
  }
  return (key) => byKey.get(key) ?? [];
}
