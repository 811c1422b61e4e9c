/** Turns a planned request into bytes and the journal's names for what is in them. */
import type { SentItem } from "../model/journal.js";
import type { LoadOrder } from "../model/observer-api.js";
import type { Signal } from "../model/signal.js";
import { ITEM_ID_ATTRIBUTE, itemsOf, RUN_ATTRIBUTE, SERVICE_ATTRIBUTE } from "../observer/items.js";
import { encodeRequest } from "../observer/otlp.js";
import type { PlannedSpan } from "./plan-trace.js";
import type { PlannedPoint, PlannedRecord, PlannedRequest } from "./plan.js";
import { createSpanEncoder, SCOPE_NAME } from "./spans.js";

/** A request that is ready to leave. */
export interface Outgoing {
  readonly signal: Signal;
  readonly node: string;
  readonly endpoint: string;
  readonly body: Buffer;
  readonly items: readonly SentItem[];
}

/** SEVERITY_NUMBER_INFO of OTLP. */
const INFO = 9;
/** AGGREGATION_TEMPORALITY_CUMULATIVE of OTLP. */
const CUMULATIVE = 2;

/**
 * Encodes the requests of one order whose planned times count from `epochMs`, a whole Unix
 * millisecond.
 */
export function createEncoder(
  order: Pick<LoadOrder, "runId" | "agents">,
  epochMs: number,
): (request: PlannedRequest) => Outgoing {
  const spans = createSpanEncoder(order.runId);
  return (request) => {
    const agent = order.agents[request.agent];
    if (!agent)
      throw new RangeError(`the plan names agent ${request.agent}, which the order lacks`);
    const { signal } = request;
    switch (signal) {
      case "traces": {
        const body = spans.encode(request.items, epochMs);
        const planned = new Map(request.items.map((span) => [span.spanId, span]));
        const items = digested(signal, body).map((item) => spanItem(item, planned, epochMs));
        return { signal, ...agent, body, items };
      }
      case "metrics": {
        const body = encodePoints(request.items, order.runId, epochMs);
        return { signal, ...agent, body, items: digested(signal, body) };
      }
      case "logs": {
        const body = encodeRecords(request.items, order.runId, epochMs);
        return { signal, ...agent, body, items: digested(signal, body) };
      }
    }
  };
}

/** The receiver's own reading of what is about to be sent: both sides compute the same digest. */
const digested = (signal: Signal, body: Buffer): SentItem[] =>
  itemsOf(signal, body).map(({ id, key, digest }) => ({ id, key, digest }));

function spanItem(
  item: SentItem,
  planned: ReadonlyMap<string, PlannedSpan>,
  epochMs: number,
): SentItem {
  const span = planned.get(item.id);
  if (!span) throw new Error(`encoded span ${item.id} was never planned`);
  return {
    ...item,
    class: span.class,
    startMs: epochMs + span.startUs / 1_000,
    endMs: epochMs + span.endUs / 1_000,
    error: span.error,
  };
}

function encodePoints(points: readonly PlannedPoint[], runId: string, epochMs: number): Buffer {
  const resourceMetrics = byService(points).map(([service, own]) => {
    const gauges = own.filter((point) => point.instrument === "gauge");
    const sums = own.filter((point) => point.instrument === "sum");
    const metrics: unknown[] = [];
    if (gauges.length > 0) {
      const dataPoints = gauges.map((point) => ({
        ...dataPoint(point, epochMs),
        asDouble: point.value,
      }));
      metrics.push({ name: "app.load", unit: "1", gauge: { dataPoints } });
    }
    if (sums.length > 0) {
      const dataPoints = sums.map((point) => ({
        ...dataPoint(point, epochMs),
        startTimeUnixNano: nanos(epochMs),
        asInt: point.value,
      }));
      const sum = { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true };
      metrics.push({ name: "app.requests", unit: "{request}", sum });
    }
    const scopeMetrics = [{ scope: { name: SCOPE_NAME }, metrics }];
    return { resource: resource(service, runId), scopeMetrics };
  });
  return encodeRequest("metrics", { resourceMetrics });
}

const dataPoint = (point: PlannedPoint, epochMs: number) => ({
  timeUnixNano: nanos(epochMs + point.atMs),
  attributes: [text(ITEM_ID_ATTRIBUTE, point.id)],
});

function encodeRecords(records: readonly PlannedRecord[], runId: string, epochMs: number): Buffer {
  const resourceLogs = byService(records).map(([service, own]) => {
    const logRecords = own.map((record) => ({
      timeUnixNano: nanos(epochMs + record.atMs),
      observedTimeUnixNano: nanos(epochMs + record.atMs),
      severityNumber: INFO,
      severityText: "INFO",
      body: { stringValue: `${service} did its part` },
      attributes: [text(ITEM_ID_ATTRIBUTE, record.id)],
      traceId: Buffer.from(record.traceId, "hex"),
    }));
    const scopeLogs = [{ scope: { name: SCOPE_NAME }, logRecords }];
    return { resource: resource(service, runId), scopeLogs };
  });
  return encodeRequest("logs", { resourceLogs });
}

const byService = <T extends { service: string }>(items: readonly T[]): [string, T[]][] => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.service);
    if (group) group.push(item);
    else groups.set(item.service, [item]);
  }
  return [...groups];
};

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const resource = (service: string, runId: string) => ({
  attributes: [text(SERVICE_ATTRIBUTE, service), text(RUN_ATTRIBUTE, runId)],
});

/** Unix nanoseconds as decimal text, to the microsecond. */
const nanos = (unixMs: number): string => `${Math.round(unixMs * 1_000)}000`;
