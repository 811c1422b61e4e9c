/**
 * Planned spans as the OpenTelemetry SDK makes and encodes them. The SDK's serializer is for its
 * own exporters' use, so it stays behind this file.
 */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import type { HrTime, Tracer } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import type { IdGenerator } from "@opentelemetry/sdk-trace-node";
import { RUN_ATTRIBUTE, SERVICE_ATTRIBUTE } from "../observer/items.js";
import type { PlannedSpan } from "./plan-trace.js";

export const SCOPE_NAME = "agent-gateway-chaos";

export interface SpanEncoder {
  /**
   * The body of an OTLP trace export request. `epochMs` is the whole Unix millisecond that planned
   * times count from.
   */
  encode(spans: readonly PlannedSpan[], epochMs: number): Buffer;
}

/** Yields the IDs of the span that is about to start. */
class PlannedIds implements IdGenerator {
  next: Pick<PlannedSpan, "traceId" | "spanId"> = { traceId: "", spanId: "" };
  generateTraceId = (): string => this.next.traceId;
  generateSpanId = (): string => this.next.spanId;
}

/** An encoder for one run; it keeps one tracer a service. */
export function createSpanEncoder(runId: string): SpanEncoder {
  const ids = new PlannedIds();
  const ended = new InMemorySpanExporter();
  const processor = new SimpleSpanProcessor(ended);
  const tracers = new Map<string, Tracer>();

  const tracerOf = (service: string): Tracer => {
    let tracer = tracers.get(service);
    if (!tracer) {
      tracer = new NodeTracerProvider({
        resource: resourceFromAttributes({ [SERVICE_ATTRIBUTE]: service, [RUN_ATTRIBUTE]: runId }),
        sampler: new AlwaysOnSampler(),
        idGenerator: ids,
        spanProcessors: [processor],
      }).getTracer(SCOPE_NAME);
      tracers.set(service, tracer);
    }
    return tracer;
  };

  return {
    encode(spans, epochMs) {
      ended.reset();
      for (const span of spans) {
        ids.next = span;
        record(tracerOf(span.service), span, epochMs);
      }
      const made = ended.getFinishedSpans();
      const body = ProtobufTraceSerializer.serializeRequest(made);
      if (made.length !== spans.length || !body) {
        throw new Error(`the SDK made ${made.length} of ${spans.length} planned spans`);
      }
      return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    },
  };
}

function record(tracer: Tracer, planned: PlannedSpan, epochMs: number): void {
  const { traceId, parentSpanId } = planned;
  const isRoot = parentSpanId === undefined;
  const parent = isRoot
    ? ROOT_CONTEXT
    : trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId: parentSpanId,
        traceFlags: TraceFlags.SAMPLED,
      });
  const span = tracer.startSpan(
    `${planned.service} ${isRoot ? "request" : "step"}`,
    {
      kind: isRoot ? SpanKind.SERVER : SpanKind.INTERNAL,
      startTime: timeOf(planned.startUs, epochMs),
      attributes: {
        "http.request.method": "GET",
        "http.response.status_code": planned.error ? 500 : 200,
        "app.share": (planned.endUs - planned.startUs) / 1e7,
      },
    },
    parent,
  );
  if (planned.error) {
    span.addEvent("exception", { "exception.type": "Planned" }, timeOf(planned.endUs, epochMs));
    span.setStatus({ code: SpanStatusCode.ERROR, message: "planned error" });
  }
  span.end(timeOf(planned.endUs, epochMs));
}

/** Seconds and nanoseconds: a double of Unix nanoseconds would round. */
function timeOf(us: number, epochMs: number): HrTime {
  const unixUs = epochMs * 1_000 + us;
  const wholeSeconds = Math.floor(unixUs / 1e6);
  return [wholeSeconds, (unixUs - wholeSeconds * 1e6) * 1_000];
}
