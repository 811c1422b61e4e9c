/** The figures of a run that are compared, drawn and exported: the same in every place. */
import { z } from "zod";
import type { RunRecord } from "../model/run-record.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import { expectedItems } from "./books.js";

const count = z.number().int().nonnegative();
const ms = z.number().nonnegative();

const SignalMeasures = z.object({
  expected: count.describe("acked and due at the backend"),
  delivered: count,
  lostExplained: count,
  lostUnexplained: count,
  received: count.describe("distinct items"),
  duplicated: count.describe("further receipts"),
  deliveryP50Ms: ms.nullable().describe("from first send to first receipt; null when not measured"),
  deliveryP99Ms: ms.nullable(),
});

export const Measures = z.object({
  durationMs: ms.describe("of the whole run, its set-up included"),
  recoveryMs: ms.nullable().describe("the longest of all faults; null when not judged"),
  affinity: z
    .enum(["pass", "inconclusive", "fail"])
    .nullable()
    .optional()
    .describe("of trace-affinity; null when not judged, absent in what older versions recorded"),
  misrouted: count.optional().describe("items from a gateway that does not own them"),
  signals: z.record(z.enum(SIGNALS), SignalMeasures),
});
export type Measures = z.infer<typeof Measures>;

export function measuresOf(record: RunRecord): Measures {
  const of = (signal: Signal): z.infer<typeof SignalMeasures> => {
    const books = record.accounting[signal];
    const delivery = record.delivery?.[signal];
    return {
      expected: expectedItems(books),
      delivered: books.delivered,
      lostExplained: books.lostExplained,
      lostUnexplained: books.lostUnexplained,
      received: books.received,
      duplicated: books.duplicated,
      deliveryP50Ms: delivery?.p50Ms ?? null,
      deliveryP99Ms: delivery?.p99Ms ?? null,
    };
  };
  return {
    durationMs: Date.parse(record.finishedAt) - Date.parse(record.startedAt),
    recoveryMs: recoveryMsOf(record),
    affinity: record.invariants.find(({ kind }) => kind === "trace-affinity")?.verdict ?? null,
    misrouted: SIGNALS.reduce((sum, signal) => sum + record.accounting[signal].misrouted, 0),
    signals: { traces: of("traces"), metrics: of("metrics"), logs: of("logs") },
  };
}

/** The evidence of recovery-time has a row for each fault. */
function recoveryMsOf({ invariants }: RunRecord): number | null {
  const judged = invariants.find(({ kind }) => kind === "recovery-time");
  const column = judged?.evidence.columns.indexOf("recovery_ms") ?? -1;
  if (judged === undefined || column === -1) return null;
  const values = judged.evidence.rows
    .map((row) => row[column])
    .filter((value) => typeof value === "number");
  return values.length === 0 ? null : Math.max(...values);
}

/** A sum over all signals. */
export const total = (
  { signals }: Measures,
  column: "expected" | "delivered" | "lostExplained" | "lostUnexplained" | "duplicated",
): number => SIGNALS.reduce((sum, signal) => sum + signals[signal][column], 0);
