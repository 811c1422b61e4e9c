/**
 * Talks to one observer pod through the API server's pod proxy, so that nothing must be exposed.
 */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Behaviour } from "../model/behaviour.js";
import { HarnessError, messageOf } from "../model/errors.js";
import {
  CONTROL_PORT,
  type BackendStatus,
  type GeneratorStatus,
  type JournalManifest,
  type LoadOrder,
  type LookupAnswer,
  type SurgeOrder,
} from "../model/observer-api.js";
import type { ApiRequest, ClusterClient } from "./client.js";

export interface ObserverPod {
  readonly namespace: string;
  /**
   * Pod name, not the workload's: a replaced pod has another journal and must not pass for the
   * same.
   */
  readonly pod: string;
}

interface ObserverClient<Status> {
  readonly pod: string;
  status(signal?: AbortSignal): Promise<Status>;
  /** What the cluster's DNS tells this pod of a fully qualified name. */
  lookup(host: string, signal?: AbortSignal): Promise<LookupAnswer>;
  /**
   * Streams the journal as it is now into the file `path` and checks its length and hash against
   * the manifest, which it returns. HarnessError when they differ.
   */
  fetchJournal(path: string, signal?: AbortSignal): Promise<JournalManifest>;
}
export interface GeneratorClient extends ObserverClient<GeneratorStatus> {
  load(order: LoadOrder, signal?: AbortSignal): Promise<void>;
  /** More traces beside the load that is being sent. HarnessError when none is. */
  surge(order: SurgeOrder, signal?: AbortSignal): Promise<void>;
  /** Ends all surges after the traces already begun. */
  stopSurges(signal?: AbortSignal): Promise<void>;
  /** Ends the load, surges included, after the traces already begun. */
  stop(signal?: AbortSignal): Promise<void>;
}
export interface BackendClient extends ObserverClient<BackendStatus> {
  behaviour(behaviour: Behaviour, signal?: AbortSignal): Promise<void>;
}

export function generatorClient(client: ClusterClient, pod: ObserverPod): GeneratorClient {
  const call = caller(client, pod);
  return {
    ...observerClient<GeneratorStatus>(client, pod),
    load: async (order, signal) => {
      await call("POST", "/load", order, signal);
    },
    surge: async (order, signal) => {
      await call("POST", "/surge", order, signal);
    },
    stopSurges: async (signal) => {
      await call("POST", "/surge/stop", undefined, signal);
    },
    stop: async (signal) => {
      await call("POST", "/stop", undefined, signal);
    },
  };
}

export function backendClient(client: ClusterClient, pod: ObserverPod): BackendClient {
  const call = caller(client, pod);
  return {
    ...observerClient<BackendStatus>(client, pod),
    behaviour: async (behaviour, signal) => {
      await call("PUT", "/behaviour", behaviour, signal);
    },
  };
}

/** Path of a pod's HTTP port below the API server. */
export const proxyPath = ({ namespace, pod }: ObserverPod, port: number, path: string): string =>
  `/api/v1/namespaces/${namespace}/pods/${pod}:${String(port)}/proxy${path}`;

type Call = (
  method: NonNullable<ApiRequest["method"]>,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
) => Promise<string>;

const caller =
  (client: ClusterClient, pod: ObserverPod): Call =>
  (method, path, body, signal) =>
    client.call({ method, path: proxyPath(pod, CONTROL_PORT, path), body, signal });

function observerClient<Status>(client: ClusterClient, pod: ObserverPod): ObserverClient<Status> {
  const call = caller(client, pod);
  return {
    pod: pod.pod,
    status: async (signal) => JSON.parse(await call("GET", "/status", undefined, signal)) as Status,
    lookup: async (host, signal) =>
      JSON.parse(await call("POST", "/lookup", { host }, signal)) as LookupAnswer,
    fetchJournal: async (path, signal) => {
      const manifest = JSON.parse(
        await call("GET", "/journal/manifest", undefined, signal),
      ) as JournalManifest;
      await fetchBytes(client, pod, manifest, path, signal);
      return manifest;
    },
  };
}

async function fetchBytes(
  client: ClusterClient,
  pod: ObserverPod,
  manifest: JournalManifest,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const query = `/journal?bytes=${String(manifest.bytes)}`;
  const response = await client.open({ path: proxyPath(pod, CONTROL_PORT, query), signal });
  const hash = createHash("sha256");
  let bytes = 0;
  const measure = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    await pipeline(response, measure, createWriteStream(file), signal ? { signal } : {});
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new HarnessError(`journal of ${pod.pod}: ${messageOf(cause)}`, { cause });
  }
  const sha256 = hash.digest("hex");
  if (response.statusCode === 200 && bytes === manifest.bytes && sha256 === manifest.sha256) return;
  throw new HarnessError(`journal of ${pod.pod} did not arrive whole`, {
    lastSeen:
      `HTTP ${String(response.statusCode)}, ${String(bytes)} of ${String(manifest.bytes)} bytes, ` +
      `sha256 ${sha256} where ${manifest.sha256} was announced`,
  });
}
