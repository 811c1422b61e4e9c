/** OTLP messages, decoded and encoded with protobufjs from the table in otlp-schema.ts. */
import protobuf from "protobufjs/light.js";
import type { Signal } from "../model/signal.js";
import { otlpDescriptor } from "./otlp-schema.js";

/** A 64-bit number as protobufjs yields it: exact in text, whatever its size. */
interface Int64 {
  toString(): string;
}

/** Messages as decoded: absent scalars hold their default, absent messages are null. */
export interface AnyValue {
  /** Which field is set. */
  readonly value?: ValueField;
  readonly stringValue: string;
  readonly boolValue: boolean;
  readonly intValue: Int64;
  readonly doubleValue: number;
  readonly arrayValue: { readonly values: readonly AnyValue[] };
  readonly kvlistValue: { readonly values: readonly KeyValue[] };
  readonly bytesValue: Uint8Array;
}
type ValueField =
  | "stringValue"
  | "boolValue"
  | "intValue"
  | "doubleValue"
  | "arrayValue"
  | "kvlistValue"
  | "bytesValue";
export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue | null;
}
export interface Scope {
  readonly name: string;
  readonly version: string;
}
export interface Resource {
  readonly attributes: readonly KeyValue[];
}
export interface Span {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly traceState: string;
  readonly parentSpanId: Uint8Array;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: Int64;
  readonly endTimeUnixNano: Int64;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly SpanEvent[];
  readonly links: readonly { readonly traceId: Uint8Array; readonly spanId: Uint8Array }[];
  readonly status: { readonly message: string; readonly code: number } | null;
}
interface SpanEvent {
  readonly timeUnixNano: Int64;
  readonly name: string;
  readonly attributes: readonly KeyValue[];
}
export interface Metric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly gauge: { readonly dataPoints: readonly NumberDataPoint[] } | null;
  readonly sum: {
    readonly dataPoints: readonly NumberDataPoint[];
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
  } | null;
}
export interface NumberDataPoint {
  readonly value?: "asDouble" | "asInt";
  readonly startTimeUnixNano: Int64;
  readonly timeUnixNano: Int64;
  readonly asDouble: number;
  readonly asInt: Int64;
  readonly attributes: readonly KeyValue[];
}
export interface LogRecord {
  readonly timeUnixNano: Int64;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AnyValue | null;
  readonly attributes: readonly KeyValue[];
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly observedTimeUnixNano: Int64;
}
export interface TraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: Resource | null;
    readonly scopeSpans: readonly {
      readonly scope: Scope | null;
      readonly spans: readonly Span[];
    }[];
  }[];
}
export interface MetricsRequest {
  readonly resourceMetrics: readonly {
    readonly resource: Resource | null;
    readonly scopeMetrics: readonly {
      readonly scope: Scope | null;
      readonly metrics: readonly Metric[];
    }[];
  }[];
}
export interface LogsRequest {
  readonly resourceLogs: readonly {
    readonly resource: Resource | null;
    readonly scopeLogs: readonly {
      readonly scope: Scope | null;
      readonly logRecords: readonly LogRecord[];
    }[];
  }[];
}
export interface ExportResponse {
  readonly partialSuccess: { readonly rejected: Int64; readonly errorMessage: string } | null;
}

const root = protobuf.Root.fromJSON(otlpDescriptor());
// Without `long` protobufjs falls back to doubles and nanoseconds lose their last digits, silently.
if (!(protobuf.util.Long as unknown)) throw new Error("protobufjs found no 64-bit integers (long)");

const REQUEST_TYPE: Record<Signal, protobuf.Type> = {
  traces: root.lookupType("TraceRequest"),
  metrics: root.lookupType("MetricsRequest"),
  logs: root.lookupType("LogsRequest"),
};
const RESPONSE_TYPE = root.lookupType("ExportResponse");

const encode = (type: protobuf.Type, message: Record<string, unknown>): Buffer =>
  Buffer.from(type.encode(type.fromObject(message)).finish());

/** Each throws a RangeError or Error of protobufjs when the bytes are not such a message. */
export const decodeTraces = (bytes: Uint8Array): TraceRequest =>
  REQUEST_TYPE.traces.decode(bytes) as unknown as TraceRequest;
export const decodeMetrics = (bytes: Uint8Array): MetricsRequest =>
  REQUEST_TYPE.metrics.decode(bytes) as unknown as MetricsRequest;
export const decodeLogs = (bytes: Uint8Array): LogsRequest =>
  REQUEST_TYPE.logs.decode(bytes) as unknown as LogsRequest;
export const decodeResponse = (bytes: Uint8Array): ExportResponse =>
  RESPONSE_TYPE.decode(bytes) as unknown as ExportResponse;

/**
 * Encodes a plain object with the field names of otlp-schema.ts. 64-bit fields may be decimal text;
 * bytes are Uint8Array. Unknown names are ignored by protobufjs.
 */
export const encodeRequest = (signal: Signal, message: Record<string, unknown>): Buffer =>
  encode(REQUEST_TYPE[signal], message);
export const encodeResponse = (rejected: number, errorMessage: string): Buffer =>
  rejected === 0 && errorMessage === ""
    ? Buffer.alloc(0)
    : encode(RESPONSE_TYPE, { partialSuccess: { rejected, errorMessage } });
