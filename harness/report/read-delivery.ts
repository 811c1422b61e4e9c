/** How long items took from their first send to their first receipt: as a whole, and by time of send. */
import { SIGNALS, type Signal } from "../model/signal.js";
import type { RunRecord } from "../model/run-record.js";
import type { Query } from "./query.js";

export interface DeliveryRow {
  readonly signal: Signal;
  /** Of the first send. */
  readonly bucket: number;
  readonly p50: number;
  readonly p99: number;
}

export interface DeliveryTimes {
  readonly whole: NonNullable<RunRecord["delivery"]>;
  readonly buckets: readonly DeliveryRow[];
}

/**
 * Times of delivered items, ms. They hold what the deployment waits for on purpose, its sampling decision
 * and its batches. `bucket` is SQL that numbers the bucket of the column `sent_ms`.
 */
export async function readDelivery(query: Query, bucket: string): Promise<DeliveryTimes> {
  const rows = await query<Omit<DeliveryRow, "bucket"> & { bucket: number | null; items: number }>(`
    SELECT signal, bucket, items, took[1]::DOUBLE AS p50, took[2]::DOUBLE AS p99 FROM (
      SELECT signal, ${bucket} AS bucket, count(*)::INTEGER AS items,
        quantile_cont(received_ms - sent_ms, [0.5, 0.99]) AS took
      FROM report_items WHERE state = 'delivered' GROUP BY GROUPING SETS ((signal), (signal, bucket)))`);
  const whole: DeliveryTimes["whole"] = {};
  for (const signal of SIGNALS) {
    const row = rows.find((one) => one.bucket === null && one.signal === signal);
    if (row !== undefined) {
      whole[signal] = { items: row.items, p50Ms: toTenths(row.p50), p99Ms: toTenths(row.p99) };
    }
  }
  return {
    whole,
    buckets: rows.flatMap(({ signal, bucket, p50, p99 }) =>
      bucket === null ? [] : [{ signal, bucket, p50: toTenths(p50), p99: toTenths(p99) }],
    ),
  };
}

const toTenths = (ms: number): number => Math.round(ms * 10) / 10;
