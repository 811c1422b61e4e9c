/**
 * The three OTLP/gRPC services, with raw bytes in and out: what was on the wire is what gets
 * counted.
 */
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import type { Signal } from "../model/signal.js";

const SERVICE_NAME: Record<Signal, string> = {
  traces: "opentelemetry.proto.collector.trace.v1.TraceService",
  metrics: "opentelemetry.proto.collector.metrics.v1.MetricsService",
  logs: "opentelemetry.proto.collector.logs.v1.LogsService",
};

/** Path of a signal's requests in OTLP/HTTP. */
export const HTTP_PATH: Record<Signal, string> = {
  traces: "/v1/traces",
  metrics: "/v1/metrics",
  logs: "/v1/logs",
};

/** Largest request that the observers accept; the guide's gateways accept 16 MiB. */
export const MAX_REQUEST_BYTES = 64 * 1024 * 1024;

const asIs = (bytes: Buffer): Buffer => bytes;

/** The one method, Export, of a signal's service. */
export const exportMethod = (signal: Signal): MethodDefinition<Buffer, Buffer> => ({
  path: `/${SERVICE_NAME[signal]}/Export`,
  requestStream: false,
  responseStream: false,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
});

export const exportService = (signal: Signal): ServiceDefinition => ({
  Export: exportMethod(signal),
});
