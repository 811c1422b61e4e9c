/**
 * What an acknowledgement means: a collector that neither batches, samples nor queues answers when the next one has.
 * Sources: contrib exporter/loadbalancingexporter/{factory,trace_exporter,metrics_exporter,log_exporter}.go at v0.96.0,
 * v0.115.0, v0.160.0 and v0.161.0.
 */
import type { Signal } from "../model/signal.js";
import { exporterOf, type Exporter, type QueueStorage } from "./collector-config.js";
import { isSince } from "./release.js";
import { at, booleanOr, listOf, textOf, type Mapping } from "./untyped.js";

/** The loadbalancing exporter's own queue and retry: what fails is routed by the ring of then. */
export type Balancer = Pick<Exporter, "queue" | "retryForMs" | "retry">;

/** Since when the exporter has them. */
const OWN_RESILIENCE_SINCE = 115;
const QUEUE_BY_BEING_THERE_SINCE = 160;

/**
 * Unlike any other exporter's, both are off unless they are configured: a queue by `enabled` at 0.115.0, by being there
 * at 0.160.0. And what is not said about retries is 0, so that they go on for ever.
 */
export function balancerOf(
  balancing: Mapping,
  image: string,
  storageWith: (extensionId: string) => QueueStorage,
): Balancer {
  const { queue, retryForMs, retry } = exporterOf(balancing, storageWith);
  const has = isSince(image, OWN_RESILIENCE_SINCE);
  const queues =
    "sending_queue" in balancing &&
    booleanOr(
      at(balancing, "sending_queue", "enabled"),
      isSince(image, QUEUE_BY_BEING_THERE_SINCE),
    );
  const retries = booleanOr(at(balancing, "retry_on_failure", "enabled"), false);
  const endless = at(balancing, "retry_on_failure", "max_elapsed_time") === undefined;
  return {
    queue: has && queues ? queue : null,
    retryForMs: !has || !retries ? 0 : endless ? Infinity : retryForMs,
    retry,
  };
}

/**
 * Up to 0.114 an error of one gateway was forgotten when another took its part of the request, but for logs; 0.115.0
 * joins them. In between nobody has looked.
 */
const TELLS_ERRORS_SINCE = 115;

/** Processors that answer before they hand on. */
const ANSWER_FIRST = ["batch", "groupbytrace", "interval", "tail_sampling"];

/** Whether a pipeline, by its ID, has one. */
export const answersFirst = (config: Mapping, pipeline: string): boolean =>
  listOf(at(config, "service", "pipelines", pipeline, "processors"))
    .map((id) => textOf(id).split("/")[0] ?? "")
    .some((type) => ANSWER_FIRST.includes(type));

/** Whether an agent answers only when every gateway has that it sends a part of the request to. */
export const agentAnswersLast = (
  { config, image, signal }: { config: Mapping; image: string; signal: Signal },
  { exporter, balancer }: { exporter: Exporter; balancer: Balancer },
): boolean =>
  (signal === "logs" || isSince(image, TELLS_ERRORS_SINCE)) &&
  !answersFirst(config, signal) &&
  exporter.queue === null &&
  balancer.queue === null;

/** Whether a gateway answers only when the backend has. */
export const gatewayAnswersLast = (config: Mapping, signal: Signal, exporter: Exporter): boolean =>
  !answersFirst(config, signal) && exporter.queue === null;

/**
 * Whether what a gateway did not take is tried at another: no queue below keeps it for that one, and trying goes on for
 * longer than the agents need to notice.
 */
export const reroutes = (
  { exporter, balancer }: { readonly exporter: Exporter; readonly balancer: Balancer },
  noticedWithinMs: number,
): boolean => exporter.queue === null && balancer.retryForMs > noticedWithinMs + exporter.timeoutMs;
