/** The OTLP/gRPC port of a backend. */
import grpc from "@grpc/grpc-js";
import { REFUSALS } from "../model/behaviour.js";
import { HarnessError, messageOf } from "../model/errors.js";
import type { Signal } from "../model/signal.js";
import { SIGNALS } from "../model/signal.js";
import { encodeResponse } from "../observer/otlp.js";
import { exportService, MAX_REQUEST_BYTES } from "../observer/otlp-service.js";
import type { Receiver } from "./receiver.js";
import { addressOf, Refusal, UnreadableRequest } from "./receiver.js";
import { retryInfo, STATUS_DETAILS } from "./retry-info.js";

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
  let bound = address;
  // Of all peers: which connection brought a request, grpc-js does not tell.
  const reset = (): void => {
    server.drain(bound, 0);
  };
  for (const signal of SIGNALS) {
    server.addService(exportService(signal), { Export: handler(receiver, signal, log, reset) });
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, number) => {
      if (error) reject(error);
      else resolve(number);
    });
  });
  bound = address.replace(/:\d+$/, `:${port}`);
  return { port, close: () => server.forceShutdown() };
}

const handler =
  (
    receiver: Receiver,
    signal: Signal,
    log: (text: string) => void,
    reset: () => void,
  ): grpc.handleUnaryCall<Buffer, Buffer> =>
  (call, callback) => {
    const peer = addressOf(call.getPeer());
    receiver.receive({ signal, peer, protocol: "grpc", body: call.request }).then(
      (answer) => {
        if (answer.kind === "ok") callback(null, encodeResponse(answer.rejected, ""));
        else if (answer.kind === "reset") reset();
      },
      (error: unknown) => {
        log(messageOf(error));
        callback(statusOf(error));
        // A journal that cannot be written ends the process: nothing after it would be on record.
        if (error instanceof HarnessError) throw error;
      },
    );
  };

/** The library's own names of the codes that a backend may be told to refuse with. */
const GRPC_STATUS: Readonly<Record<number, grpc.status>> = {
  [REFUSALS.INVALID_ARGUMENT]: grpc.status.INVALID_ARGUMENT,
  [REFUSALS.RESOURCE_EXHAUSTED]: grpc.status.RESOURCE_EXHAUSTED,
  [REFUSALS.UNAVAILABLE]: grpc.status.UNAVAILABLE,
};

/** What the sender is told of a request that was not taken. */
function statusOf(error: unknown): Partial<grpc.StatusObject> {
  const details = messageOf(error);
  if (error instanceof UnreadableRequest) return { code: grpc.status.INVALID_ARGUMENT, details };
  if (!(error instanceof Refusal)) return { code: grpc.status.UNAVAILABLE, details };
  const { retryAfterMs } = error;
  const code = GRPC_STATUS[error.code] ?? grpc.status.UNAVAILABLE;
  if (retryAfterMs === null) return { code, details };
  const metadata = new grpc.Metadata();
  metadata.set(STATUS_DETAILS, retryInfo(code, details, retryAfterMs));
  return { code, details, metadata };
}
