/** Scrapes the collectors' own metrics through the pod proxy. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../model/errors.js";
import type { SelfTelemetrySample } from "../model/history.js";
import type { ClusterClient } from "./client.js";
import { keptOnce } from "./kept-once.js";
import { proxyPath } from "./observer-client.js";
import { parsePrometheus } from "./prometheus.js";

export interface SelfTelemetryOptions {
  readonly namespace: string;
  readonly signal?: AbortSignal | undefined;
}

const METRICS_PORT = 8888;
const SCRAPE_TIMEOUT_MS = 5_000;
const QUEUE_METRIC = "otelcol_exporter_queue_size";

/** What a reader of a run can use; histograms of sizes and of Go's memory are left out. */
const USEFUL = new RegExp(
  "^otelcol_(?:receiver_|exporter_|loadbalancer_(?!backend_latency)" +
    "|processor_tail_sampling_(?!.*_bucket$)|processor_(?:dropped|refused)_" +
    "|process_memory_rss|process_cpu_seconds|process_uptime)",
);

/**
 * One sample of each useful metric of each running agent and gateway; a pod that does not answer
 * gives none.
 */
export async function scrapeCollectors(
  client: ClusterClient,
  options: SelfTelemetryOptions,
): Promise<{ samples: SelfTelemetrySample[]; unanswered: { pod: string; why: string }[] }> {
  const { namespace, signal } = options;
  const { items } = await client.core.listNamespacedPod({
    namespace,
    labelSelector: "app in (otel-agent, otel-gateway)",
  });
  const samples: SelfTelemetrySample[] = [];
  const unanswered: { pod: string; why: string }[] = [];
  const scrape = async (pod: string, tier: SelfTelemetrySample["tier"]): Promise<void> => {
    try {
      const path = proxyPath({ namespace, pod }, METRICS_PORT, "/metrics");
      const text = await client.call({ path, timeoutMs: SCRAPE_TIMEOUT_MS, signal });
      const atMs = Date.now();
      for (const sample of parsePrometheus(text)) {
        if (USEFUL.test(sample.metric)) samples.push({ atMs, pod, tier, ...sample });
      }
    } catch (thrown) {
      signal?.throwIfAborted();
      unanswered.push({ pod, why: messageOf(thrown) });
    }
  };
  await Promise.all(
    items
      .filter(({ status }) => status?.phase === "Running")
      .map(({ metadata }) =>
        scrape(
          metadata?.name ?? "",
          metadata?.labels?.["app"] === "otel-agent" ? "agent" : "gateway",
        ),
      ),
  );
  return { samples, unanswered };
}

/**
 * Scrapes every `intervalMs` until stopped. Dead pods are passed over: their silence is what faults
 * make.
 */
export function watchSelfTelemetry(
  client: ClusterClient,
  options: SelfTelemetryOptions & {
    readonly intervalMs: number;
    readonly onSample: (sample: SelfTelemetrySample) => void;
  },
): { stop(): void } {
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, ...(options.signal ? [options.signal] : [])]);
  const once = keptOnce();
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const scraped = await scrapeCollectors(client, { ...options, signal }).catch(() => undefined);
      for (const sample of scraped?.samples ?? []) {
        options.onSample({ ...sample, metric: once(sample.metric), labels: once(sample.labels) });
      }
      await sleep(options.intervalMs, undefined, { signal }).catch(() => undefined);
    }
  };
  void loop();
  return { stop: () => ended.abort() };
}

/** What waits in the collectors' sending queues. */
export interface Queued {
  readonly requests: number;
  /** Why a queue was not seen: a collector that ends just now, say. What nobody saw is not empty. */
  readonly unseen: string | undefined;
}

/** Requests that wait in the sending queues of all agents and gateways, as far as they answer. */
export async function queuedRequests(
  client: ClusterClient,
  options: SelfTelemetryOptions,
): Promise<Queued> {
  const { samples, unanswered } = await scrapeCollectors(client, options);
  const [first] = unanswered;
  const unseen =
    first === undefined ? undefined : `the queue of ${first.pod} cannot be read: ${first.why}`;
  const requests = samples
    .filter(({ metric }) => metric === QUEUE_METRIC)
    .reduce((sum, { value }) => sum + value, 0);
  return { requests, unseen };
}

/** The sum of all counters of one pod whose names fit; 0 where none was counted yet. HarnessError without an answer. */
export async function counterOf(
  client: ClusterClient,
  options: SelfTelemetryOptions & { readonly pod: string; readonly metric: RegExp },
): Promise<number> {
  const { namespace, pod, metric, signal } = options;
  const path = proxyPath({ namespace, pod }, METRICS_PORT, "/metrics");
  const text = await client.call({ path, timeoutMs: SCRAPE_TIMEOUT_MS, signal });
  return parsePrometheus(text)
    .filter((sample) => metric.test(sample.metric))
    .reduce((sum, { value }) => sum + value, 0);
}
