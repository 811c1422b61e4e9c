/** Fills the series of a report with SQL: everything is counted in the database, only sums leave it. */
import type { TopologyEvent } from "../model/history.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import { gatewaySets, podLives } from "./pod-lives.js";
import type { Query } from "./query.js";
import { readDelivery, type DeliveryRow } from "./read-delivery.js";
import { readLostGroups } from "./read-lost-groups.js";
import {
  TRACE_OUTCOMES,
  type ReportSeries,
  type SignalSeries,
  type TraceOutcome,
} from "./series.js";

/**
 * What the statements here and in read-lost-groups.ts read; whoever opens a history makes these views.
 * Times are Unix ms.
 *   report_sends     signal, id, key, node, sent_ms, answered_ms (null: never), outcome, lasted_ms (spans only):
 *                    one row for each item of each operation
 *   report_receipts  signal, id, at_ms, gateway (pod, or the peer's address when it is unknown)
 *   report_reached   the same of what gateways got, by the audit; empty without one
 *   report_items     signal, id, key, class (null but for spans), error, position (on the hash ring,
 *                    null when unknown), owners (predicted gateways, joined by commas), state,
 *                    place, rule (null when unexplained), sent_ms (first send), received_ms (first receipt,
 *                    null without one): one row for each attempted item
 */
export const REPORT_VIEWS = [
  "report_sends",
  "report_receipts",
  "report_reached",
  "report_items",
] as const;

/** `state` of report_items: the columns of the accounting that a single item can be in. */
export type ItemState =
  "delivered" | "lost" | "sampled-out" | "leaked" | "undecidable" | "not-acked";

/** More would make neither the picture nor the tables better. */
const MAX_BUCKETS = 900;
const BUCKETS_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 3_600_000];

interface Axis {
  readonly startMs: number;
  readonly bucketMs: number;
  readonly buckets: number;
}

/** The series of the run whose views `query` sees. Rates, losses and pods of an empty history are empty. */
export async function readSeries(
  query: Query,
  topology: readonly TopologyEvent[],
): Promise<Omit<ReportSeries, "logs" | "renderedYaml">> {
  const axis = await readAxis(query);
  const delivery = await readDelivery(query, bucketOf("sent_ms", axis));
  const endMs = axis.startMs + axis.buckets * axis.bucketMs;
  return {
    ...axis,
    signals: await readSignals(query, axis, delivery.buckets),
    delivery: delivery.whole,
    gatewaySets: gatewaySets(topology),
    pods: podLives(topology, endMs),
    traces: await readOutcomes(query),
    lost: await readLostGroups(query),
  };
}

/** From the first send to the last send or receipt, in whole buckets. */
async function readAxis(query: Query): Promise<Axis> {
  const [range] = await query<{ first: number | null; last: number | null }>(`
    SELECT min(ms)::DOUBLE AS first, max(ms)::DOUBLE AS last FROM (
      SELECT sent_ms AS ms FROM report_sends UNION ALL SELECT at_ms FROM report_receipts
    )`);
  const first = range?.first ?? 0;
  const length = (range?.last ?? 0) - first;
  const bucketMs = BUCKETS_MS.find((ms) => length / ms < MAX_BUCKETS) ?? length / MAX_BUCKETS;
  const startMs = Math.floor(first / 1_000) * 1_000;
  const buckets = Math.floor((first + length - startMs) / bucketMs) + 1;
  return { startMs, bucketMs, buckets };
}

const bucketOf = (column: string, { startMs, bucketMs }: Axis): string =>
  `floor((${column} - ${String(startMs)}) / ${String(bucketMs)})::INTEGER`;

interface SendRow {
  readonly signal: Signal;
  readonly bucket: number;
  readonly sent: number;
  readonly acked: number;
  readonly p50: number | null;
  readonly p99: number | null;
}

interface LossRow {
  readonly signal: Signal;
  readonly bucket: number;
  readonly explained: number;
  readonly unexplained: number;
}

async function readSignals(
  query: Query,
  axis: Axis,
  delivery: readonly DeliveryRow[],
): Promise<readonly SignalSeries[]> {
  // An item that was sent again counts at each send; a lost one where it was first sent.
  const sends = await query<SendRow>(`
    SELECT signal, bucket, sent, acked, took[1]::DOUBLE AS p50, took[2]::DOUBLE AS p99 FROM (
      SELECT signal, ${bucketOf("sent_ms", axis)} AS bucket, count(*)::INTEGER AS sent,
        count(*) FILTER (WHERE outcome = 'acked')::INTEGER AS acked,
        quantile_cont(answered_ms - sent_ms, [0.5, 0.99]) AS took
      FROM report_sends GROUP BY ALL)`);
  const losses = await query<LossRow>(`
    SELECT signal, ${bucketOf("sent_ms", axis)} AS bucket,
      count(*) FILTER (WHERE rule IS NOT NULL)::INTEGER AS explained,
      count(*) FILTER (WHERE rule IS NULL)::INTEGER AS unexplained
    FROM report_items WHERE state = 'lost' GROUP BY ALL`);
  const receipts = await query<{ signal: Signal; gateway: string; bucket: number; n: number }>(`
    SELECT signal, gateway, ${bucketOf("at_ms", axis)} AS bucket, count(*)::INTEGER AS n
    FROM report_receipts GROUP BY ALL`);
  const gateways = [...new Set(receipts.map(({ gateway }) => gateway))].sort();
  return SIGNALS.map((signal) => {
    const own = sends.filter((row) => row.signal === signal);
    const lost = losses.filter((row) => row.signal === signal);
    const counts = <T extends { readonly bucket: number }>(
      rows: readonly T[],
      of: (row: T) => number,
    ): number[] =>
      spread(
        axis,
        0,
        rows.map((row) => [row.bucket, of(row)]),
      );
    const times = (of: (row: SendRow) => number | null): (number | null)[] =>
      spread<number | null>(
        axis,
        null,
        own.map((row) => [row.bucket, rounded(of(row))]),
      );
    const deliveries = (of: (row: DeliveryRow) => number): (number | null)[] =>
      spread<number | null>(
        axis,
        null,
        delivery.filter((row) => row.signal === signal).map((row) => [row.bucket, of(row)]),
      );
    return {
      signal,
      sent: counts(own, (row) => row.sent),
      acked: counts(own, (row) => row.acked),
      received: gateways.map((gateway) => ({
        gateway,
        counts: spread(
          axis,
          0,
          receipts
            .filter((row) => row.signal === signal && row.gateway === gateway)
            .map((row) => [row.bucket, row.n]),
        ),
      })),
      lostExplained: counts(lost, (row) => row.explained),
      lostUnexplained: counts(lost, (row) => row.unexplained),
      ackP50Ms: times((row) => row.p50),
      ackP99Ms: times((row) => row.p99),
      deliveryP50Ms: deliveries((row) => row.p50),
      deliveryP99Ms: deliveries((row) => row.p99),
    };
  });
}

const rounded = (ms: number | null): number | null =>
  ms === null ? null : Math.round(ms * 100) / 100;

/** An array over all buckets; those that no row names get `empty`. */
function spread<T>(axis: Axis, empty: T, rows: readonly (readonly [number, T])[]): T[] {
  const values = new Array<T>(axis.buckets).fill(empty);
  for (const [bucket, value] of rows) if (bucket in values) values[bucket] = value;
  return values;
}

/** Marks that a picture still shows apart, of each outcome. */
export const MAX_MARKS = 10_000;

/** A trace is as its worst span; what was never acknowledged shows nothing. */
async function readOutcomes(query: Query): Promise<ReportSeries["traces"]> {
  const rows = await query<{
    outcome: TraceOutcome;
    sent: number;
    position: number;
    total: number;
  }>(`
    SELECT outcome, sent, position, count(*) OVER (PARTITION BY outcome)::INTEGER AS total
    FROM (SELECT key, CASE
        WHEN bool_or(state = 'lost' AND rule IS NULL) THEN 'lost, unexplained'
        WHEN bool_or(state = 'leaked') THEN 'leaked'
        WHEN bool_or(state = 'lost') THEN 'lost, explained'
        WHEN bool_or(state = 'undecidable') THEN 'undecidable'
        WHEN bool_or(state = 'delivered') THEN 'delivered'
        ELSE 'sampled out' END AS outcome,
      min(sent_ms)::DOUBLE AS sent, any_value(position)::INTEGER AS position
    FROM report_items
    WHERE signal = 'traces' AND state <> 'not-acked' AND position IS NOT NULL
    GROUP BY key)
    QUALIFY row_number() OVER (PARTITION BY outcome ORDER BY key) <= ${String(MAX_MARKS)}
    ORDER BY sent, position`);
  return TRACE_OUTCOMES.flatMap((outcome) => {
    const own = rows.filter((row) => row.outcome === outcome);
    if (own.length === 0) return [];
    const sentMs = own.map(({ sent }) => Math.round(sent));
    return [
      {
        outcome,
        total: own[0]?.total ?? 0,
        sentMs,
        positions: own.map(({ position }) => position),
      },
    ];
  });
}
