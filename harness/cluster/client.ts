/**
 * The connection to one cluster: typed APIs for objects, plain HTTPS for what is streamed or
 * proxied.
 */
import { setMaxListeners } from "node:events";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import {
  AppsV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  type KubeConfig,
  KubernetesObjectApi,
} from "@kubernetes/client-node";
import { HarnessError, messageOf, UsageError } from "../model/errors.js";
import { SharingKubeConfig } from "./sharing-kube-config.js";

export interface ClusterClient {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly discovery: DiscoveryV1Api;
  readonly objects: KubernetesObjectApi;
  /**
   * One request to the API server. Resolves with the response, whatever its status, body unread.
   */
  open(request: ApiRequest): Promise<IncomingMessage>;
  /** Like `open`, with the whole body as text; HarnessError unless the status is 2xx. */
  call(request: ApiRequest): Promise<string>;
}

export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query, from the API server's root. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Longest silence on the socket. Default 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a kubeconfig and bundles the clients for its current context, or for `context`. Without a path it is found
 * as kubectl finds it: $KUBECONFIG, of which there may be several, or ~/.kube/config.
 */
export function connectCluster(options: {
  kubeconfigPath?: string | undefined;
  context?: string;
}): ClusterClient {
  const config = new SharingKubeConfig();
  const { kubeconfigPath: path } = options;
  const where = path ?? "$KUBECONFIG or ~/.kube/config";
  try {
    // From a file, so that what it names by relative paths is found beside it.
    if (path === undefined) config.loadFromDefault();
    else config.loadFromFile(path);
  } catch (thrown) {
    throw new UsageError(`${where}: not a readable kubeconfig (${messageOf(thrown)})`);
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    const known = config.getContexts().map(({ name }) => name);
    const holds = known.length === 0 ? "it holds none" : `it holds ${known.join(", ")}`;
    throw new UsageError(`${where}: no context "${config.getCurrentContext()}"; ${holds}`);
  }
  const open = (request: ApiRequest): Promise<IncomingMessage> => send(config, server, request);
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    discovery: config.makeApiClient(DiscoveryV1Api),
    objects: KubernetesObjectApi.makeApiClient(config),
    open,
    call: async (request) => {
      const response = await open(request);
      const body = await text(response);
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return body;
      throw new HarnessError(`${describe(request)} answered ${String(status)}`, {
        lastSeen: body.trim().slice(0, 500),
      });
    },
  };
}

async function send(
  config: KubeConfig,
  server: string,
  request: ApiRequest,
): Promise<IncomingMessage> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const options: RequestOptions = {
    method: request.method ?? "GET",
    headers: body === undefined ? {} : headersOf(request, body),
    timeout: request.timeoutMs ?? 30_000,
  };
  if (request.signal !== undefined) {
    // One request a collector and more listen at once: more than Node takes for a leak.
    setMaxListeners(0, request.signal);
    options.signal = request.signal;
  }
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    const call = httpsRequest(urlOf(server, request.path), options, resolve);
    call.on("timeout", () => call.destroy(new Error(`no byte for ${String(options.timeout)} ms`)));
    call.on("error", (cause) => {
      if (request.signal?.aborted === true) reject(cause);
      else reject(new HarnessError(`${describe(request)}: ${cause.message}`, { cause }));
    });
    call.end(body);
  });
}

/** A server may have a path of its own, as behind a proxy of many clusters. */
export const urlOf = (server: string, path: string): URL =>
  new URL(`${server.replace(/\/+$/, "")}${path}`);

/** Node says no length of what a DELETE sends, and then the server takes it for nothing: a grace of 0 would be lost. */
export const headersOf = (
  request: Pick<ApiRequest, "method">,
  body: string,
): Record<"content-type" | "content-length", string> => ({
  "content-type": contentTypeOf(request),
  "content-length": String(Buffer.byteLength(body)),
});

/** A patch is a JSON merge patch (RFC 7396): what it does not name stays. */
const contentTypeOf = ({ method }: Pick<ApiRequest, "method">): string =>
  method === "PATCH" ? "application/merge-patch+json" : "application/json";

const describe = ({ method, path }: ApiRequest): string => `${method ?? "GET"} ${path}`;
