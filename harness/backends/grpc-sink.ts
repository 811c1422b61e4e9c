/** The OTLP/gRPC port of a backend. */
import grpc from "@grpc/grpc-js";
import { HarnessError, messageOf } from "../model/errors.js";
import type { Signal } from "../model/signal.js";
import { SIGNALS } from "../model/signal.js";
import { encodeResponse } from "../observer/otlp.js";
import { exportService, MAX_REQUEST_BYTES } from "../observer/otlp-service.js";
import type { Receiver } from "./receiver.js";
import { addressOf, UnreadableRequest } from "./receiver.js";

export interface Sink {
  readonly port: number;
  close(): void;
}

/** Serves all three signals; a request is answered OK only after its receipt is on disk. */
export async function startGrpcSink(
  receiver: Receiver,
  address: string,
  log: (text: string) => void,
): Promise<Sink> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_REQUEST_BYTES,
    "grpc.max_concurrent_streams": 1_000,
  });
  for (const signal of SIGNALS) {
    server.addService(exportService(signal), { Export: handler(receiver, signal, log) });
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { port, close: () => server.forceShutdown() };
}

const handler =
  (
    receiver: Receiver,
    signal: Signal,
    log: (text: string) => void,
  ): grpc.handleUnaryCall<Buffer, Buffer> =>
  (call, callback) => {
    const peer = addressOf(call.getPeer());
    receiver.receive({ signal, peer, protocol: "grpc", body: call.request }).then(
      () => callback(null, encodeResponse(0, "")),
      (error: unknown) => {
        log(messageOf(error));
        const code =
          error instanceof UnreadableRequest
            ? grpc.status.INVALID_ARGUMENT
            : grpc.status.UNAVAILABLE;
        callback({ code, details: messageOf(error) });
        // A journal that cannot be written ends the process: nothing after it would be on record.
        if (error instanceof HarnessError) throw error;
      },
    );
  };
