/** Watches the pods and the gateway endpoints of a namespace and reports every change of them. */
import { setTimeout as sleep } from "node:timers/promises";
import { Watch, type V1EndpointSlice, type V1ListMeta, type V1Pod } from "@kubernetes/client-node";
import { messageOf } from "../model/errors.js";
import type { TopologyEvent, TopologyGap } from "../model/history.js";
import type { ClusterClient } from "./client.js";
import { distinctMoments, noticeLateNews, noticeStalls } from "./moments.js";
import {
  changedMs,
  changesBetween,
  endpointStates,
  podStates,
  type Listed,
  type TopologyState,
} from "./topology-events.js";

export interface TopologyWatchOptions {
  readonly namespace: string;
  readonly onEvent: (event: TopologyEvent) => void;
  /**
   * A watch was broken and is renewed; changes in between were found by listing again. Or this process had no time for
   * what the watch told it, or the watch told it late.
   */
  readonly onGap?: (gap: TopologyGap) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface TopologyWatch {
  stop(): void;
}

const RETRY_MS = 300;
/** How late this process may be before that counts as not looking: as late as any watch may be (oracle/epochs.ts). */
const STALL_MS = 1_000;
/** The server ends each watch after this time, so that a dead connection cannot last. */
const WATCH_SECONDS = 60;

/** Resolves when the present state has been reported; then reports changes until stopped. */
export async function watchTopology(
  client: ClusterClient,
  options: TopologyWatchOptions,
): Promise<TopologyWatch> {
  const stopped = new AbortController();
  const signal = AbortSignal.any([stopped.signal, ...(options.signal ? [options.signal] : [])]);
  const { namespace, onGap } = options;
  if (onGap !== undefined) noticeStalls({ limitMs: STALL_MS, onStall: onGap, signal });
  const pods: Stream<V1Pod> = {
    path: `/api/v1/namespaces/${namespace}/pods`,
    list: () => client.core.listNamespacedPod({ namespace }),
    states: podStates,
  };
  const endpoints: Stream<V1EndpointSlice> = {
    path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    list: () => client.discovery.listNamespacedEndpointSlice({ namespace }),
    states: endpointStates,
    stampMs: changedMs,
  };
  await Promise.all([
    follow(client, pods, options, signal),
    follow(client, endpoints, options, signal),
  ]);
  return { stop: () => stopped.abort() };
}

/** One kind of object, and the states that one object of it stands for. */
interface Stream<T extends Listed> {
  readonly path: string;
  readonly list: () => Promise<{ metadata?: V1ListMeta; items: T[] }>;
  readonly states: (object: T) => Map<string, TopologyState>;
  /**
   * When the API server changed an object, in Unix ms, where every change is stamped. The binding, the eviction and the
   * deletion of a pod are not.
   */
  readonly stampMs?: (object: T) => number;
}

/**
 * Lists once before it resolves, then watches in the background, listing again after each break.
 */
async function follow<T extends Listed>(
  client: ClusterClient,
  stream: Stream<T>,
  options: TopologyWatchOptions,
  signal: AbortSignal,
): Promise<void> {
  /** The states of each object, by the object's UID. */
  const known = new Map<string, ReadonlyMap<string, TopologyState>>();
  const moment = distinctMoments(Date.now);
  const lateness = noticeLateNews(STALL_MS);
  const put = (uid: string, after: ReadonlyMap<string, TopologyState>, atMs: number): void => {
    const before = known.get(uid) ?? new Map<string, TopologyState>();
    if (after.size === 0) known.delete(uid);
    else known.set(uid, after);
    changesBetween(before, after, atMs).forEach(options.onEvent);
  };
  const relist = async (): Promise<string> => {
    const { metadata, items } = await stream.list();
    const present = new Set(items.map((item) => item.metadata?.uid ?? ""));
    const atMs = moment();
    for (const uid of [...known.keys()]) if (!present.has(uid)) put(uid, new Map(), atMs);
    for (const item of items) put(item.metadata?.uid ?? "", stream.states(item), atMs);
    return metadata?.resourceVersion ?? "";
  };
  const onObject = (phase: string, object: Listed): void => {
    const atMs = moment();
    const isGone = phase === "DELETED";
    put(object.metadata?.uid ?? "", isGone ? new Map() : stream.states(object as T), atMs);
    // A deletion has no stamp of its own.
    const late = isGone ? undefined : lateness(stream.stampMs?.(object as T) ?? NaN, atMs);
    if (late !== undefined) options.onGap?.(late);
  };

  let version = await relist();
  let brokenMs: number | undefined;
  const keepUp = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        if (version === "") version = await relist();
        if (brokenMs !== undefined) options.onGap?.({ fromMs: brokenMs, toMs: Date.now() });
        brokenMs = undefined;
        version = await watchOnce(client, stream.path, version, onObject, signal);
      } catch {
        version = "";
        if (ended(signal)) return;
        brokenMs ??= Date.now();
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  };
  void keepUp();
}

const ended = (signal: AbortSignal): boolean => signal.aborted;

/** Watches until the server ends it in good order; resolves with the version to go on from. */
function watchOnce(
  client: ClusterClient,
  path: string,
  fromVersion: string,
  onObject: (phase: string, object: Listed) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let version = fromVersion;
    let broken: Error | undefined;
    const query = {
      resourceVersion: fromVersion,
      allowWatchBookmarks: true,
      timeoutSeconds: WATCH_SECONDS,
    };
    const onLine = (phase: string, object: Listed): void => {
      if (signal.aborted) return;
      if (phase === "ERROR") {
        // Mostly 410: the version is too old to go on from.
        broken = new Error((object as { message?: string }).message ?? "watch error");
        return;
      }
      version = object.metadata?.resourceVersion ?? version;
      if (phase !== "BOOKMARK") onObject(phase, object);
    };
    const done = (thrown: unknown): void => {
      const cause = broken ?? (thrown === null || thrown === undefined ? undefined : thrown);
      if (cause === undefined) resolve(version);
      else reject(cause instanceof Error ? cause : new Error(messageOf(cause)));
    };
    new Watch(client.config).watch(path, query, onLine, done).then((connection) => {
      const stop = (): void => connection.abort();
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
      connection.signal.addEventListener("abort", () => signal.removeEventListener("abort", stop));
    }, reject);
  });
}
