/**
 * The agents' loadbalancing exporter: its settings, its ring, and by what it routes.
 * Sources: contrib exporter/loadbalancingexporter at v0.96.0, v0.115.0, v0.160.0 and v0.161.0: config.go, factory.go,
 * {trace,metrics,log}_exporter.go, consistent_hashing.go.
 */
import { SIGNALS, type Signal } from "../model/signal.js";
import { isBefore, isSince } from "./release.js";
import { FIRST_RING, PROBED_RING, type RingShape, type RouteKey } from "./ring.js";
import { at, listOf, mappingOf, textOf, type Mapping } from "./untyped.js";

const typeOf = (componentId: string): string => componentId.split("/")[0] ?? "";
const isBalancing = (componentId: string): boolean =>
  ["loadbalancing", "load_balancing"].includes(typeOf(componentId));

/** The settings of the loadbalancing exporter; it was renamed after 0.96.0, its old name stayed. */
export function loadBalancingOf(config: Mapping): unknown {
  const exporters = mappingOf(config["exporters"]);
  const id = Object.keys(exporters).find(isBalancing);
  return id === undefined ? undefined : (exporters[id] ?? {});
}

/** The settings of the one that a signal's pipeline exports to; undefined when it has none. */
export function loadBalancingFor(config: Mapping, signal: Signal): Mapping | undefined {
  const ids = listOf(at(config, "service", "pipelines", signal, "exporters")).map(textOf);
  const id = ids.find(isBalancing);
  return id === undefined ? undefined : mappingOf(at(config, "exporters", id));
}

/** Since which release routes of logs follow routing_key: with pull request 46241, of early 2026. */
const LOGS_BY_KEY_SINCE = 160;
/** Up to here, logs went by trace ID whatever routing_key said. */
const LOGS_BY_TRACE_BEFORE = 140;
/** Until here the ring is that of 0.96.0 (pull request 41271 of July 2025 changed it). */
const FIRST_RING_BEFORE = 130;
/** From here on it is that of 0.160.0 and 0.161.0 (pull request 49585 of July 2026 changed it again). */
const PROBED_RING_SINCE = 160;

/** The ring of a release; undefined for one in between, whose ring nobody has looked at. */
export function ringShapeOf(image: string): RingShape | undefined {
  if (isSince(image, PROBED_RING_SINCE)) return PROBED_RING;
  return isBefore(image, FIRST_RING_BEFORE) || !isSince(image, 0) ? FIRST_RING : undefined;
}

/** contrib pull request 31602, merged two days after 0.96.0. */
const SHUTS_DOWN_ASIDE_SINCE = 97;
/** Read at 0.160.0; between it and 0.115.0 nobody has looked. */
const JOINS_LOGS_SINCE = 160;

/** Whether a change of the ring is over only when the exporters of gateways that are gone have shut down. */
export const waitsForTheGone = (image: string): boolean => !isSince(image, SHUTS_DOWN_ASIDE_SINCE);

/** Whether the log records of each trace go out as a request of their own, not those of a gateway as one. */
export const splitsLogs = (image: string): boolean => !isSince(image, JOINS_LOGS_SINCE);

export interface Routing {
  readonly keys: Readonly<Record<Signal, RouteKey>>;
  /** Why an owner cannot be predicted; empty when it can. */
  readonly unpredictable: readonly string[];
}

/** By what each signal is routed. An item is known by its trace ID, a metric point by its service, by nothing else. */
export function routingOf(config: Mapping, image: string): Routing {
  const keys: Record<Signal, RouteKey> = {
    traces: "trace-id",
    metrics: "service",
    logs: "trace-id",
  };
  const unpredictable: string[] = [];
  for (const signal of SIGNALS) {
    const balancing = loadBalancingFor(config, signal) ?? mappingOf(loadBalancingOf(config));
    const key = routeKeyOfSignal(signal, textOf(balancing["routing_key"]), image);
    if (key.key === null) unpredictable.push(key.why);
    else keys[signal] = key.key;
  }
  return { keys, unpredictable };
}

function routeKeyOfSignal(
  signal: Signal,
  routingKey: string,
  image: string,
): { readonly key: RouteKey } | { readonly key: null; readonly why: string } {
  const unknown = { key: null, why: `routing_key of ${signal} is ${routingKey}` } as const;
  switch (signal) {
    case "traces":
      return ["", "traceID"].includes(routingKey) ? { key: "trace-id" } : unknown;
    case "metrics":
      // 0.96.0 takes traceID for service; later releases refuse it.
      return ["", "service", "traceID"].includes(routingKey) ? { key: "service" } : unknown;
    case "logs":
      if (!isSince(image, LOGS_BY_TRACE_BEFORE)) return { key: "trace-id" };
      if (!isSince(image, LOGS_BY_KEY_SINCE)) {
        return { key: null, why: "by what logs are routed in this release is not known" };
      }
      if (routingKey === "traceID") return { key: "trace-id-text" };
      return {
        key: null,
        why: "logs are routed by service, which a record's trace ID does not tell",
      };
  }
}
