/** Alters items of an export request as a broken store would: the identity stays, the payload does not. */
import type { Signal } from "../model/signal.js";
import {
  decodeLogs,
  decodeMetrics,
  decodeTraces,
  encodeRequest,
  type LogRecord,
  type NumberDataPoint,
  type Span,
} from "../observer/otlp.js";

/** No planned span, point or record has these. */
const WRONG_TEXT = "corrupted";
const WRONG_NUMBER = -1;

/** The request's body with the items at these places, counted from 0 in wire order, altered. */
export function corrupt(signal: Signal, body: Uint8Array, struck: ReadonlySet<number>): Buffer {
  const request = decoded(signal, body);
  request.alter.forEach((alter, place) => {
    if (struck.has(place)) alter();
  });
  return encodeRequest(signal, { ...request.message });
}

/** The decoded message, and for each of its items what alters it in place. */
function decoded(signal: Signal, body: Uint8Array): { message: object; alter: (() => void)[] } {
  switch (signal) {
    case "traces": {
      const message = decodeTraces(body);
      const spans = message.resourceSpans
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap((scope) => scope.spans);
      return { message, alter: spans.map((span) => () => alterSpan(span)) };
    }
    case "metrics": {
      const message = decodeMetrics(body);
      const points = message.resourceMetrics
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(({ metrics }) => metrics)
        .flatMap(({ gauge, sum }) => (gauge ?? sum)?.dataPoints ?? []);
      return { message, alter: points.map((point) => () => alterPoint(point)) };
    }
    case "logs": {
      const message = decodeLogs(body);
      const records = message.resourceLogs
        .flatMap(({ scopeLogs }) => scopeLogs)
        .flatMap(({ logRecords }) => logRecords);
      return { message, alter: records.map((record) => () => alterRecord(record)) };
    }
  }
}

type Open<T> = { -readonly [Key in keyof T]: T[Key] };

function alterSpan(span: Open<Pick<Span, "name">>): void {
  span.name = WRONG_TEXT;
}

function alterPoint(point: Open<Pick<NumberDataPoint, "value" | "asInt" | "asDouble">>): void {
  if (point.value === "asInt") point.asInt = WRONG_NUMBER;
  else point.asDouble = WRONG_NUMBER;
}

function alterRecord(record: Open<Pick<LogRecord, "severityText">>): void {
  record.severityText = WRONG_TEXT;
}
