/**
 * The control API that all observers share (model/observer-api.ts), with room for routes of their
 * own.
 */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { messageOf, UsageError } from "../model/errors.js";
import type { Journal } from "./journal.js";
import { lookup } from "./lookup.js";

/**
 * A route's own work: gets the parsed JSON body (undefined when empty), returns the status code and
 * an optional JSON answer. A UsageError becomes 400, any other error 500.
 */
export type Route = (body: unknown) => Promise<{ code: number; answer?: unknown }>;

export interface ControlServer {
  readonly port: number;
  close(): void;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Serves on `host:port` (port 0: any). `routes` are keyed by method and path: `POST /load`. */
export async function startControlServer(options: {
  host: string;
  port: number;
  journal: Journal;
  status: () => unknown;
  routes: Readonly<Record<string, Route>>;
}): Promise<ControlServer> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, error instanceof UsageError ? 400 : 500, { error: messageOf(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  options: { journal: Journal; status: () => unknown; routes: Readonly<Record<string, Route>> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { journal, status, routes } = options;
  const url = new URL(request.url ?? "/", "http://observer");
  const name = `${request.method ?? "GET"} ${url.pathname}`;
  if (name === "GET /healthz") sendJson(response, 200, { boot: journal.boot });
  else if (name === "GET /status") sendJson(response, 200, status());
  else if (name === "GET /journal/manifest") sendJson(response, 200, journal.manifest());
  else if (name === "POST /lookup") {
    sendJson(response, 200, await lookup(await readJson(request)));
  } else if (name === "GET /journal") {
    const body = journal.read(parseBytes(url.searchParams.get("bytes")));
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    await pipeline(body, response);
  } else {
    const route = routes[name];
    const { code, answer } = route
      ? await route(await readJson(request))
      : { code: 404, answer: { error: `no such route: ${name}` } };
    sendJson(response, code, answer);
  }
}

function sendJson(response: ServerResponse, code: number, answer: unknown): void {
  response.writeHead(code, { "content-type": "application/json" });
  response.end(answer === undefined ? undefined : `${JSON.stringify(answer)}\n`);
}

function parseBytes(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`bytes=${text}: give a whole number`);
  return Number(text);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new UsageError("the body is larger than 1 MiB");
    chunks.push(chunk);
  }
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch (error) {
    throw new UsageError(`the body is not JSON: ${messageOf(error)}`);
  }
}
