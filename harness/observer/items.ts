/** The items of an export request, as journals name them. */
import type { ReceivedItem } from "../model/journal.js";
import type { Signal } from "../model/signal.js";
import type { KeyValue, NumberDataPoint, Resource, Scope } from "./otlp.js";
import { decodeLogs, decodeMetrics, decodeTraces } from "./otlp.js";
import type { Surroundings } from "./digest.js";
import { hex, logDigest, NODE_ATTRIBUTE, pointDigest, spanDigest, surroundings } from "./digest.js";

/** Attribute that identifies a metric point or a log record. */
export const ITEM_ID_ATTRIBUTE = "chaos.id";
/** Resource attribute that names the run. */
export const RUN_ATTRIBUTE = "chaos.run";
export const SERVICE_ATTRIBUTE = "service.name";

/**
 * Decodes the body of one export request into its items, in wire order. Throws what protobufjs
 * throws when the bytes are not such a request. An item without its ID attribute has the empty ID:
 * it is nobody's.
 */
export function itemsOf(signal: Signal, body: Uint8Array): ReceivedItem[] {
  switch (signal) {
    case "traces":
      return spansOf(body);
    case "metrics":
      return pointsOf(body);
    case "logs":
      return recordsOf(body);
  }
}

function spansOf(body: Uint8Array): ReceivedItem[] {
  const items: ReceivedItem[] = [];
  for (const { resource, scopeSpans } of decodeTraces(body).resourceSpans) {
    for (const { scope, spans } of scopeSpans) {
      const context = contextOf(resource, scope);
      for (const span of spans) {
        items.push({
          id: hex(span.spanId),
          key: hex(span.traceId),
          digest: spanDigest(context.around, span),
          ...context.stamps,
        });
      }
    }
  }
  return items;
}

function pointsOf(body: Uint8Array): ReceivedItem[] {
  const items: ReceivedItem[] = [];
  for (const { resource, scopeMetrics } of decodeMetrics(body).resourceMetrics) {
    const service = textOf(resource?.attributes ?? [], SERVICE_ATTRIBUTE);
    for (const { scope, metrics } of scopeMetrics) {
      const context = contextOf(resource, scope);
      for (const metric of metrics) {
        const points: readonly NumberDataPoint[] = (metric.gauge ?? metric.sum)?.dataPoints ?? [];
        for (const point of points) {
          items.push({
            id: textOf(point.attributes, ITEM_ID_ATTRIBUTE),
            key: service,
            digest: pointDigest(context.around, metric, point),
            ...context.stamps,
          });
        }
      }
    }
  }
  return items;
}

function recordsOf(body: Uint8Array): ReceivedItem[] {
  const items: ReceivedItem[] = [];
  for (const { resource, scopeLogs } of decodeLogs(body).resourceLogs) {
    for (const { scope, logRecords } of scopeLogs) {
      const context = contextOf(resource, scope);
      for (const record of logRecords) {
        items.push({
          id: textOf(record.attributes, ITEM_ID_ATTRIBUTE),
          key: hex(record.traceId),
          digest: logDigest(context.around, record),
          ...context.stamps,
        });
      }
    }
  }
  return items;
}

interface Context {
  readonly around: Surroundings;
  readonly stamps: { readonly node: string; readonly run: string };
}

function contextOf(resource: Resource | null, scope: Scope | null): Context {
  const attributes = resource?.attributes ?? [];
  return {
    around: surroundings(resource, scope),
    stamps: { node: textOf(attributes, NODE_ATTRIBUTE), run: textOf(attributes, RUN_ATTRIBUTE) },
  };
}

/** Text of an attribute; empty when it is missing or not text. */
const textOf = (attributes: readonly KeyValue[], key: string): string =>
  attributes.find((attribute) => attribute.key === key)?.value?.stringValue ?? "";
