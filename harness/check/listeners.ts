/** The ports that a collector listens on, as its configuration says. */
import { at, isMapping, listOf, mappingOf, textOf, type Mapping } from "../oracle/untyped.js";
import { isBefore, isSince } from "../oracle/release.js";
import type { Collector } from "./collectors.js";
import type { Step } from "./source-documents.js";

export interface Listener {
  readonly host: string;
  /** Undefined when it is only known in the pod. */
  readonly port: number | undefined;
  /** `extension health_check`, `receiver otlp (grpc)`, `its own metrics`. */
  readonly of: string;
  readonly path: readonly Step[];
}

/** From 0.104 on what has no address of its own listens on localhost; before on all addresses. */
const LOCALHOST_SINCE = 104;

/** Only of components that the service section uses: the others are never started. */
export function listenersOf({ config, image }: Collector): Listener[] {
  const everywhere = isBefore(image, LOCALHOST_SINCE) ? "0.0.0.0" : "localhost";
  const pipelines = Object.values(mappingOf(at(config, "service", "pipelines")));
  const receivers = new Set(pipelines.flatMap((one) => listOf(at(one, "receivers")).map(textOf)));
  const extensions = new Set(listOf(at(config, "service", "extensions")).map(textOf));
  return [
    ...[...receivers].flatMap((id) => receiverListeners(config, id, everywhere)),
    ...[...extensions].flatMap((id) => {
      const fallback = /^health_?check(v2)?(\/|$)/.test(id) ? `${everywhere}:13133` : undefined;
      return listener(config, ["extensions", id], `extension ${id}`, fallback);
    }),
    ...metricsListener(config, image),
  ];
}

function receiverListeners(config: Mapping, id: string, everywhere: string): Listener[] {
  const path = ["receivers", id];
  const protocols = at(config, ...path, "protocols");
  if (!isMapping(protocols)) return listener(config, path, `receiver ${id}`);
  const isOtlp = id.split("/")[0] === "otlp";
  return Object.keys(protocols).flatMap((protocol) => {
    const port = isOtlp ? { grpc: 4317, http: 4318 }[protocol] : undefined;
    const fallback = port === undefined ? undefined : `${everywhere}:${String(port)}`;
    return listener(
      config,
      [...path, "protocols", protocol],
      `receiver ${id} (${protocol})`,
      fallback,
    );
  });
}

function listener(
  config: Mapping,
  path: readonly string[],
  of: string,
  fallback?: string,
): Listener[] {
  const keys = ["endpoint", "listen_address"];
  const key = keys.find((one) => textOf(at(config, ...path, one)) !== "") ?? "endpoint";
  const address = textOf(at(config, ...path, key)) || fallback;
  return address === undefined ? [] : parsed(address, of, [...path, key]);
}

/** From 0.123 on metrics.address is read and not used (core#12756). */
export const READERS_ONLY_SINCE = 123;

/** The collector's own metrics: where its readers say, or the address, and without either on localhost:8888. */
function metricsListener(config: Mapping, image: string): Listener[] {
  const path = ["service", "telemetry", "metrics"];
  if (at(config, ...path, "level") === "none") return [];
  const readers = at(config, ...path, "readers");
  if (readers !== undefined) {
    return listOf(readers).flatMap((reader, index) => {
      const pull = ["pull", "exporter", "prometheus"];
      const { host, port } = mappingOf(at(reader, ...pull));
      const address = `${textOf(host)}:${textOf(port)}`;
      return host === undefined || port === undefined
        ? []
        : parsed(address, OWN_METRICS, [...path, "readers", index, ...pull, "host"]);
    });
  }
  const set = isSince(image, READERS_ONLY_SINCE) ? "" : textOf(at(config, ...path, "address"));
  const address = set || "localhost:8888";
  return parsed(address, OWN_METRICS, [...path, "address"]);
}

export const OWN_METRICS = "its own metrics";

/** Of `${env:POD_IP}:4317` the pod's own address is meant, which is as good as all of them. */
function parsed(address: string, of: string, path: readonly Step[]): Listener[] {
  const [, host = address, digits] = /^(.*):(\d+)$/.exec(address) ?? [];
  return [{ host, port: digits === undefined ? undefined : Number(digits), of, path }];
}

/** Whether something outside the pod reaches it. */
export const isReachable = ({ host }: Pick<Listener, "host">): boolean =>
  !["localhost", "127.0.0.1", "[::1]", "::1"].includes(host);

/** A port by number, or by its name among the container's ports. */
export function portNumber(port: unknown, container: Mapping): number | undefined {
  if (typeof port === "number") return port;
  const named = listOf(container["ports"]).find((one) => at(one, "name") === port);
  const number = named === undefined ? Number(textOf(port) || NaN) : at(named, "containerPort");
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
