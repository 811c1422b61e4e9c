/**
 * The plan of one load: every request in the order of its send time, from the seed alone. A
 * generator, so that a long load costs the memory of its live traces only.
 */
import type { LoadOrder } from "../model/observer-api.js";
import { random } from "../model/random.js";
import type { Signal } from "../model/signal.js";
import type { PlannedSpan, PlannedTrace } from "./plan-trace.js";
import { planTrace } from "./plan-trace.js";
import { SERVICES } from "./services.js";

/** One number of one metric. */
export interface PlannedPoint {
  readonly id: string;
  readonly service: string;
  readonly instrument: "gauge" | "sum";
  readonly value: number;
  /** Milliseconds from the start of the load. */
  readonly atMs: number;
  readonly agent: number;
}

export interface PlannedRecord {
  readonly id: string;
  /** A trace that is being sent. */
  readonly traceId: string;
  readonly service: string;
  /** Milliseconds from the start of the load. */
  readonly atMs: number;
  readonly agent: number;
}

/** One export request. Times are milliseconds from the start of the load. */
export type PlannedRequest = { readonly atMs: number; readonly agent: number } & (
  | { readonly signal: "traces"; readonly items: readonly PlannedSpan[] }
  | { readonly signal: "metrics"; readonly items: readonly PlannedPoint[] }
  | { readonly signal: "logs"; readonly items: readonly PlannedRecord[] }
);

/**
 * Items that fall due within a tick go out together, one request a signal and agent, at its end.
 */
export const TICK_MS = 200;
const ITEMS_PER_REQUEST = 1_000;
/** A log record belongs to one of this many traces that began last. */
const RECENT_TRACES = 64;

/**
 * All requests of a load, ordered by `atMs`. Nothing new begins at or after `until()`, which is
 * asked at every tick and may move closer; traces already begun are finished, within
 * longestTraceMs.
 */
export function* planLoad(
  order: LoadOrder,
  until: () => number = () => order.durationMs,
): Generator<PlannedRequest, void, undefined> {
  const begin = sourcesOf(order);
  const wanted = new Set<Signal>(order.workload.signals);
  const pendingSpans = new Map<number, PlannedSpan[]>();
  for (let tick = 0; ; tick++) {
    const endMs = (tick + 1) * TICK_MS;
    const beginBeforeMs = Math.min(endMs, until());
    const traces = begin.traces(beginBeforeMs);
    const records = begin.records(beginBeforeMs);
    const points = begin.points(beginBeforeMs);
    if (wanted.has("traces")) for (const trace of traces) schedule(pendingSpans, trace.spans);
    const spans = pendingSpans.get(tick) ?? [];
    pendingSpans.delete(tick);
    for (let agent = 0; agent < order.agents.length; agent++) {
      // Agents take turns within the tick: no burst every 200 ms.
      const slot = { atMs: endMs + (agent * TICK_MS) / order.agents.length, agent };
      for (const items of slices(spans, agent)) yield { ...slot, signal: "traces", items };
      if (wanted.has("logs")) {
        for (const items of slices(records, agent)) yield { ...slot, signal: "logs", items };
      }
      if (wanted.has("metrics")) {
        for (const items of slices(points, agent)) yield { ...slot, signal: "metrics", items };
      }
    }
    if (beginBeforeMs < endMs && pendingSpans.size === 0) return;
  }
}

/** The root leaves in a tick before all others, and the last span in a tick after all others. */
function schedule(pending: Map<number, PlannedSpan[]>, spans: readonly PlannedSpan[]): void {
  let previous = -1;
  spans.forEach((span, index) => {
    const due = Math.floor(span.sendAtMs / TICK_MS);
    const earliest = index === 1 || index === spans.length - 1 ? previous + 1 : previous;
    const tick = Math.max(due, earliest);
    const sharing = pending.get(tick);
    if (sharing) sharing.push(span);
    else pending.set(tick, [span]);
    previous = tick;
  });
}

function* slices<T extends { agent: number }>(items: readonly T[], agent: number): Generator<T[]> {
  const own = items.filter((item) => item.agent === agent);
  for (let i = 0; i < own.length; i += ITEMS_PER_REQUEST) yield own.slice(i, i + ITEMS_PER_REQUEST);
}

/** Hands out what begins before a time and was not handed out yet. */
type Source<T> = (beforeMs: number) => T[];

/** Things that begin at an even rate, the first at 0. */
function evenly<T>(perSecond: number, make: (atMs: number) => T): Source<T> {
  let next = 0;
  return (beforeMs) => {
    const made: T[] = [];
    for (; (next * 1_000) / perSecond < beforeMs; next++)
      made.push(make((next * 1_000) / perSecond));
    return made;
  };
}

/** Each signal draws from a stream of its own: more logs do not change the traces. */
function sourcesOf(order: LoadOrder): {
  traces: Source<PlannedTrace>;
  records: Source<PlannedRecord>;
  points: Source<PlannedPoint>;
} {
  const { workload, agents } = order;
  const seeded = random(BigInt(order.seed)).stream(order.stream ?? "workload");
  const forTraces = seeded.stream("traces");
  const forRecords = seeded.stream("logs");
  const forPoints = seeded.stream("metrics");
  const recent: string[] = [];
  const sums = new Map<string, number>();
  return {
    traces: evenly(workload.tracesPerSecond, (atMs) => {
      const trace = planTrace(forTraces, order, atMs);
      recent.push(trace.traceId);
      if (recent.length > RECENT_TRACES) recent.shift();
      return trace;
    }),
    records: evenly(workload.logRecordsPerSecond, (atMs) => ({
      id: forRecords.hex(8),
      traceId: forRecords.pick(recent),
      service: forRecords.pick(SERVICES),
      atMs,
      agent: forRecords.below(agents.length),
    })),
    points: evenly(workload.metricPointsPerSecond, (atMs) => {
      const id = forPoints.hex(8);
      const service = forPoints.pick(SERVICES);
      const agent = forPoints.below(agents.length);
      if (forPoints.below(2) === 0) {
        return { id, service, instrument: "gauge", value: forPoints.float(), atMs, agent };
      }
      const value = (sums.get(service) ?? 0) + 1 + forPoints.below(9);
      sums.set(service, value);
      return { id, service, instrument: "sum", value, atMs, agent };
    }),
  };
}
