/**
 * Claims about decoding: judged against the SDK's own serializers, which share no code with ours.
 */
import { ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { expect } from "chai";
import fc from "fast-check";
import { hex } from "./digest.js";
import { itemsOf } from "./items.js";
import {
  decodeLogs,
  decodeMetrics,
  decodeResponse,
  decodeTraces,
  encodeRequest,
  encodeResponse,
} from "./otlp.js";

/** One span as the SDK puts it on the wire. */
function sdkSpan(startTime: [number, number], endTime: [number, number]) {
  const exporter = new InMemorySpanExporter();
  const tracer = new NodeTracerProvider({
    resource: resourceFromAttributes({
      "service.name": "cart",
      "chaos.run": "r1",
      "k8s.node.name": "worker-2",
    }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  }).getTracer("scope", "1.2.3");
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const parent = { traceId, spanId: "b7ad6b7169203331", traceFlags: 1 };
  const link = { context: { traceId, spanId: "00f067aa0ba902b7", traceFlags: 1 } };
  const span = tracer.startSpan(
    "GET /cart",
    {
      startTime,
      attributes: { text: "ä€", whole: 7, part: 0.25, yes: true, list: ["a", "b"] },
      links: [link],
    },
    trace.setSpanContext(ROOT_CONTEXT, parent),
  );
  span.addEvent("retry", { n: 2 }, [1_700_000_000, 5]);
  span.setStatus({ code: SpanStatusCode.ERROR, message: "boom" });
  span.end(endTime);
  const body = ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans())!;
  return { body, context: span.spanContext() };
}

describe("OTLP", () => {
  it("reads every field of a span that the SDK encoded", () => {
    const { body, context } = sdkSpan([1_700_000_000, 123_456_789], [1_700_000_001, 987_654_321]);
    const [resourceSpans] = decodeTraces(body).resourceSpans;
    const { scope, spans } = resourceSpans!.scopeSpans[0]!;
    const span = spans[0]!;
    expect(scope).to.include({ name: "scope", version: "1.2.3" });
    expect(hex(span.traceId)).to.equal("0af7651916cd43dd8448eb211c80319c");
    expect(hex(span.spanId)).to.equal(context.spanId);
    expect(hex(span.parentSpanId)).to.equal("b7ad6b7169203331");
    expect(span.name).to.equal("GET /cart");
    expect(span.startTimeUnixNano.toString()).to.equal("1700000000123456789");
    expect(span.endTimeUnixNano.toString()).to.equal("1700000001987654321");
    expect(span.status).to.include({ code: 2, message: "boom" });
    expect(span.events[0]).to.include({ name: "retry" });
    expect(span.events[0]!.timeUnixNano.toString()).to.equal("1700000000000000005");
    expect(hex(span.links[0]!.spanId)).to.equal("00f067aa0ba902b7");
    const byKey = new Map(span.attributes.map(({ key, value }) => [key, value!]));
    expect(byKey.get("text")!.stringValue).to.equal("ä€");
    expect(byKey.get("whole")!.intValue.toString()).to.equal("7");
    expect(byKey.get("part")!.doubleValue).to.equal(0.25);
    expect(byKey.get("yes")!.boolValue).to.equal(true);
    expect(byKey.get("list")!.arrayValue.values.map((v) => v.stringValue)).to.deep.equal([
      "a",
      "b",
    ]);
  });

  it("names the items of a request with ID, key, node and run", () => {
    const { body, context } = sdkSpan([1, 0], [2, 0]);
    expect(itemsOf("traces", body)).to.deep.equal([
      {
        id: context.spanId,
        key: context.traceId,
        digest: itemsOf("traces", body)[0]!.digest,
        node: "worker-2",
        run: "r1",
      },
    ]);
  });

  it("loses no digit of any 64-bit value", () => {
    const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    const int64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
    fc.assert(
      fc.property(uint64, int64, (time, value) => {
        const points = [{ timeUnixNano: String(time), asInt: String(value) }];
        const metrics = [{ name: "m", gauge: { dataPoints: points } }];
        const body = encodeRequest("metrics", {
          resourceMetrics: [{ scopeMetrics: [{ metrics }] }],
        });
        const metric = decodeMetrics(body).resourceMetrics[0]!.scopeMetrics[0]!.metrics[0]!;
        const point = metric.gauge!.dataPoints[0]!;
        expect(point.timeUnixNano.toString()).to.equal(String(time));
        expect(point.asInt.toString()).to.equal(String(value));
      }),
    );
  });

  it("reads a log record that the SDK encoded", () => {
    const record: unknown = {
      hrTime: [1_700_000_000, 1] as [number, number],
      hrTimeObserved: [1_700_000_000, 2] as [number, number],
      severityNumber: 9,
      severityText: "INFO",
      body: "hello",
      attributes: { "chaos.id": "l1" },
      spanContext: {
        traceId: "0af7651916cd43dd8448eb211c80319c",
        spanId: "b7ad6b7169203331",
        traceFlags: 1,
      },
      resource: resourceFromAttributes({ "chaos.run": "r1" }),
      instrumentationScope: { name: "s" },
      droppedAttributesCount: 0,
    };
    const body = ProtobufLogsSerializer.serializeRequest([record as never])!;
    const decoded = decodeLogs(body).resourceLogs[0]!.scopeLogs[0]!.logRecords[0]!;
    expect(decoded.timeUnixNano.toString()).to.equal("1700000000000000001");
    expect(decoded.observedTimeUnixNano.toString()).to.equal("1700000000000000002");
    expect(decoded.body!.stringValue).to.equal("hello");
    expect(itemsOf("logs", body)[0]).to.include({
      id: "l1",
      key: "0af7651916cd43dd8448eb211c80319c",
      run: "r1",
      node: "",
    });
  });

  it("reads back a partial success, and an empty answer as none", () => {
    const { partialSuccess } = decodeResponse(encodeResponse(3, "too old"));
    expect(String(partialSuccess!.rejected)).to.equal("3");
    expect(partialSuccess!.errorMessage).to.equal("too old");
    expect(decodeResponse(encodeResponse(0, "")).partialSuccess).to.equal(null);
  });

  it("throws on bytes that are no request", () => {
    expect(() => itemsOf("traces", Buffer.from("not protobuf at all"))).to.throw();
  });
});
