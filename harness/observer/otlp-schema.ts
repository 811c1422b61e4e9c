/**
 * The subset of OTLP that the observers read and write, as a table: message -> field -> [type,
 * number]. Names, types and numbers are those of the OTLP specification 1.x
 * (opentelemetry.io/docs/specs/otlp). Unknown fields are skipped, so a subset is safe for counting.
 */

/** `[type, number]`; a type that ends in `[]` is repeated. */
type Field = readonly [type: string, number: number];
type Message = Readonly<Record<string, Field>>;

const MESSAGES: Readonly<Record<string, Message>> = {
  AnyValue: {
    stringValue: ["string", 1],
    boolValue: ["bool", 2],
    intValue: ["int64", 3],
    doubleValue: ["double", 4],
    arrayValue: ["ArrayValue", 5],
    kvlistValue: ["KeyValueList", 6],
    bytesValue: ["bytes", 7],
  },
  ArrayValue: { values: ["AnyValue[]", 1] },
  KeyValueList: { values: ["KeyValue[]", 1] },
  KeyValue: { key: ["string", 1], value: ["AnyValue", 2] },
  Scope: { name: ["string", 1], version: ["string", 2] },
  Resource: { attributes: ["KeyValue[]", 1] },

  TraceRequest: { resourceSpans: ["ResourceSpans[]", 1] },
  ResourceSpans: { resource: ["Resource", 1], scopeSpans: ["ScopeSpans[]", 2] },
  ScopeSpans: { scope: ["Scope", 1], spans: ["Span[]", 2] },
  Span: {
    traceId: ["bytes", 1],
    spanId: ["bytes", 2],
    traceState: ["string", 3],
    parentSpanId: ["bytes", 4],
    name: ["string", 5],
    kind: ["int32", 6],
    startTimeUnixNano: ["fixed64", 7],
    endTimeUnixNano: ["fixed64", 8],
    attributes: ["KeyValue[]", 9],
    events: ["SpanEvent[]", 11],
    links: ["SpanLink[]", 13],
    status: ["Status", 15],
  },
  SpanEvent: {
    timeUnixNano: ["fixed64", 1],
    name: ["string", 2],
    attributes: ["KeyValue[]", 3],
  },
  SpanLink: { traceId: ["bytes", 1], spanId: ["bytes", 2] },
  Status: { message: ["string", 2], code: ["int32", 3] },

  MetricsRequest: { resourceMetrics: ["ResourceMetrics[]", 1] },
  ResourceMetrics: { resource: ["Resource", 1], scopeMetrics: ["ScopeMetrics[]", 2] },
  ScopeMetrics: { scope: ["Scope", 1], metrics: ["Metric[]", 2] },
  Metric: {
    name: ["string", 1],
    description: ["string", 2],
    unit: ["string", 3],
    gauge: ["Gauge", 5],
    sum: ["Sum", 7],
  },
  Gauge: { dataPoints: ["NumberDataPoint[]", 1] },
  Sum: {
    dataPoints: ["NumberDataPoint[]", 1],
    aggregationTemporality: ["int32", 2],
    isMonotonic: ["bool", 3],
  },
  NumberDataPoint: {
    startTimeUnixNano: ["fixed64", 2],
    timeUnixNano: ["fixed64", 3],
    asDouble: ["double", 4],
    asInt: ["sfixed64", 6],
    attributes: ["KeyValue[]", 7],
  },

  LogsRequest: { resourceLogs: ["ResourceLogs[]", 1] },
  ResourceLogs: { resource: ["Resource", 1], scopeLogs: ["ScopeLogs[]", 2] },
  ScopeLogs: { scope: ["Scope", 1], logRecords: ["LogRecord[]", 2] },
  LogRecord: {
    timeUnixNano: ["fixed64", 1],
    severityNumber: ["int32", 2],
    severityText: ["string", 3],
    body: ["AnyValue", 5],
    attributes: ["KeyValue[]", 6],
    traceId: ["bytes", 9],
    spanId: ["bytes", 10],
    observedTimeUnixNano: ["fixed64", 11],
  },

  /** All three signals answer with the same two fields under different names. */
  ExportResponse: { partialSuccess: ["PartialSuccess", 1] },
  PartialSuccess: { rejected: ["int64", 1], errorMessage: ["string", 2] },
};

/** Fields of which at most one is set; protobufjs then tells which. */
const ONE_OF: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  AnyValue: { value: Object.keys(MESSAGES["AnyValue"] ?? {}) },
  NumberDataPoint: { value: ["asDouble", "asInt"] },
};

interface JsonField {
  type: string;
  id: number;
  rule?: "repeated";
}

/** The table as protobufjs's JSON descriptor. */
export function otlpDescriptor(): {
  nested: Record<
    string,
    { fields: Record<string, JsonField>; oneofs?: Record<string, { oneof: string[] }> }
  >;
} {
  const nested: ReturnType<typeof otlpDescriptor>["nested"] = {};
  for (const [name, message] of Object.entries(MESSAGES)) {
    const fields: Record<string, JsonField> = {};
    for (const [field, [type, id]] of Object.entries(message)) {
      fields[field] = type.endsWith("[]")
        ? { type: type.slice(0, -2), id, rule: "repeated" }
        : { type, id };
    }
    const oneOf = ONE_OF[name];
    nested[name] = oneOf
      ? { fields, oneofs: mapValues(oneOf, (members) => ({ oneof: [...members] })) }
      : { fields };
  }
  return { nested };
}

const mapValues = <A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
