/**
 * A digest of what the deployment must not alter in one item. Sender and receiver compute it from
 * the decoded wire form, so they agree by construction. It covers identity, times, status, values,
 * attributes, scope and resource; not k8s.node.name, which agents stamp, and not the span flags,
 * which old collectors do not know.
 */
import { createHash } from "node:crypto";
import type {
  AnyValue,
  KeyValue,
  LogRecord,
  Metric,
  NumberDataPoint,
  Resource,
  Scope,
  Span,
} from "./otlp.js";

/** The agent's stamp: the one resource attribute that is meant to be added on the way. */
export const NODE_ATTRIBUTE = "k8s.node.name";

/** The surroundings of an item, made canonical once for all items in them. */
export type Surroundings = readonly [resource: Json, scope: Json];
type Json = string | number | boolean | null | readonly Json[];

/** Resource and scope of an item. */
export const surroundings = (resource: Resource | null, scope: Scope | null): Surroundings => [
  canonicalAttributes((resource?.attributes ?? []).filter(({ key }) => key !== NODE_ATTRIBUTE)),
  [scope?.name ?? "", scope?.version ?? ""],
];

/** 16 hex characters. */
export const spanDigest = (around: Surroundings, span: Span): string =>
  digestOf([
    around,
    hex(span.traceId),
    hex(span.spanId),
    hex(span.parentSpanId),
    span.traceState,
    span.name,
    span.kind,
    span.startTimeUnixNano.toString(),
    span.endTimeUnixNano.toString(),
    span.status?.code ?? 0,
    span.status?.message ?? "",
    canonicalAttributes(span.attributes),
    span.events.map((event) => [
      event.timeUnixNano.toString(),
      event.name,
      canonicalAttributes(event.attributes),
    ]),
    span.links.map((link) => [hex(link.traceId), hex(link.spanId)]),
  ]);

/** 16 hex characters; the metric that the point belongs to is part of it. */
export const pointDigest = (around: Surroundings, metric: Metric, point: NumberDataPoint): string =>
  digestOf([
    around,
    metric.name,
    metric.description,
    metric.unit,
    metric.sum ? [metric.sum.aggregationTemporality, metric.sum.isMonotonic] : "gauge",
    point.startTimeUnixNano.toString(),
    point.timeUnixNano.toString(),
    point.value === "asInt" ? ["i", point.asInt.toString()] : ["d", doubleText(point.asDouble)],
    canonicalAttributes(point.attributes),
  ]);

/** 16 hex characters. */
export const logDigest = (around: Surroundings, record: LogRecord): string =>
  digestOf([
    around,
    record.timeUnixNano.toString(),
    record.observedTimeUnixNano.toString(),
    record.severityNumber,
    record.severityText,
    canonicalValue(record.body),
    canonicalAttributes(record.attributes),
    hex(record.traceId),
    hex(record.spanId),
  ]);

/**
 * Lower-case hex. An absent bytes field is an empty plain array in protobufjs, which has no buffer.
 */
export const hex = (bytes: Uint8Array): string =>
  bytes.length === 0
    ? ""
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");

const digestOf = (canonical: Json): string =>
  createHash("sha256").update(JSON.stringify(canonical)).digest("hex").slice(0, 16);

/** Order of attributes carries no meaning in OTLP. */
const canonicalAttributes = (attributes: readonly KeyValue[]): Json =>
  [...attributes]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ key, value }) => [key, canonicalValue(value)]);

/** The type is part of the value: the text "1" is not the number 1. */
function canonicalValue(value: AnyValue | null): Json {
  switch (value?.value) {
    case "stringValue":
      return value.stringValue;
    case "boolValue":
      return value.boolValue;
    case "intValue":
      return ["i", value.intValue.toString()];
    case "doubleValue":
      return ["d", doubleText(value.doubleValue)];
    case "bytesValue":
      return ["x", hex(value.bytesValue)];
    case "arrayValue":
      return ["a", value.arrayValue.values.map(canonicalValue)];
    case "kvlistValue":
      return ["k", canonicalAttributes(value.kvlistValue.values)];
    case undefined:
      return null;
  }
}

/** JSON has neither NaN nor infinities nor a negative zero. */
const doubleText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
