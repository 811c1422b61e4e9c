/** An OTLP/gRPC server for tests, in this process: it stands in for an agent. */
import grpc from "@grpc/grpc-js";
import type { Signal } from "../model/signal.js";
import { SIGNALS } from "../model/signal.js";
import { exportService } from "../observer/otlp-service.js";

export type Answer = Parameters<grpc.handleUnaryCall<Buffer, Buffer>>[1];

export interface TestSink {
  readonly endpoint: string;
  close(): void;
}

/** Hands every request to `handle`. */
export async function startTestSink(
  handle: (signal: Signal, body: Buffer, answer: Answer) => void,
): Promise<TestSink> {
  const server = new grpc.Server();
  for (const signal of SIGNALS) {
    const Export: grpc.handleUnaryCall<Buffer, Buffer> = (call, answer) =>
      handle(signal, call.request, answer);
    server.addService(exportService(signal), { Export });
  }
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { endpoint: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}
