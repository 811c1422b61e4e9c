/** The OTLP/HTTP port of a backend: protobuf bodies, plain or gzip. */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { REFUSALS } from "../model/behaviour.js";
import { HarnessError, messageOf } from "../model/errors.js";
import { SIGNALS } from "../model/signal.js";
import { encodeResponse } from "../observer/otlp.js";
import { HTTP_PATH, MAX_REQUEST_BYTES } from "../observer/otlp-service.js";
import type { Sink } from "./grpc-sink.js";
import type { Answer, Receiver } from "./receiver.js";
import { plainAddress, Refusal, UnreadableRequest } from "./receiver.js";

const PROTOBUF = "application/x-protobuf";
const unzip = promisify(gunzip);

/** An answer that is not OK. */
class Rejection extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export async function startHttpSink(
  receiver: Receiver,
  host: string,
  port: number,
  log: (text: string) => void,
): Promise<Sink> {
  const server = createServer((request, response) => {
    take(receiver, request).then(
      (answer) => {
        if (answer.kind === "ok") respond(response, 200, encodeResponse(answer.rejected, ""));
        else if (answer.kind === "reset") request.socket.destroy();
      },
      (error: unknown) => {
        log(messageOf(error));
        refuse(response, error);
        // As in the gRPC sink: without its journal a backend must not go on.
        if (error instanceof HarnessError) throw error;
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function take(receiver: Receiver, request: IncomingMessage): Promise<Answer> {
  const signal = SIGNALS.find((name) => HTTP_PATH[name] === request.url);
  if (!signal) throw new Rejection(404, `no such path: ${request.url ?? ""}`);
  if (request.method !== "POST") throw new Rejection(405, "use POST");
  if (request.headers["content-type"] !== PROTOBUF) throw new Rejection(415, `send ${PROTOBUF}`);
  const peer = plainAddress(request.socket.remoteAddress ?? "");
  const body = await readBody(request);
  return receiver.receive({ signal, peer, protocol: "http", body });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_REQUEST_BYTES) throw new Rejection(413, "the body is too large");
    chunks.push(chunk);
  }
  const raw = Buffer.concat(chunks);
  switch (request.headers["content-encoding"] ?? "identity") {
    case "identity":
      return raw;
    case "gzip":
      return unzip(raw, { maxOutputLength: MAX_REQUEST_BYTES }).catch((error: unknown) => {
        throw new Rejection(400, `not gzip: ${messageOf(error)}`);
      });
    default:
      throw new Rejection(415, "send gzip or no content-encoding");
  }
}

/** OTLP/HTTP's words for a gRPC status (opentelemetry.io/docs/specs/otlp, "Failures"). */
const HTTP_STATUS: Readonly<Record<number, number>> = {
  [REFUSALS.INVALID_ARGUMENT]: 400,
  [REFUSALS.RESOURCE_EXHAUSTED]: 429,
  [REFUSALS.UNAVAILABLE]: 503,
};

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof Refusal && error.retryAfterMs !== null) {
    response.setHeader("retry-after", Math.ceil(error.retryAfterMs / 1_000));
  }
  respond(response, statusOf(error), messageOf(error));
}

function statusOf(error: unknown): number {
  if (error instanceof Rejection) return error.code;
  if (error instanceof UnreadableRequest) return 400;
  return error instanceof Refusal ? (HTTP_STATUS[error.code] ?? 503) : 503;
}

function respond(response: ServerResponse, code: number, message: string | Buffer): void {
  const type = code === 200 ? PROTOBUF : "text/plain";
  response.writeHead(code, { "content-type": type });
  response.end(message);
}
