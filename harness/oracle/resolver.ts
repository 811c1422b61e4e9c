/**
 * How the agents' loadbalancing exporter finds the gateways, and what its ring is made of.
 * Sources: contrib exporter/loadbalancingexporter/{config,loadbalancer,resolver_*}.go at v0.96.0, v0.115.0, v0.160.0
 * and v0.161.0.
 */
import { COLLECTOR_DEFAULTS as DEFAULTS } from "./collector-defaults.js";
import { nameOf } from "./manifests.js";
import { isSince } from "./release.js";
import { endpointOf, ipOf } from "./ring.js";
import { at, durationOr, isMapping, listOf, mappingOf, textOf, type Mapping } from "./untyped.js";

export interface Resolver {
  /** `dns` polls, `k8s` watches the API server, `static` never learns anything. */
  readonly kind: "dns" | "k8s" | "static" | "other";
  readonly hostname: string;
  /** As configured; empty when not, which leaves it out of the ring's hash. */
  readonly port: string;
  /** Longest between two looks; 0 for a resolver that is told. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Service that the host name stands for; empty for a fixed list. */
  readonly service: string;
  readonly headless: boolean;
  /** Whether the ring keeps a gateway that is not ready, or on its way out, until its endpoint is gone. */
  readonly keepsUnready: boolean;
  /** Of a static resolver, as written. */
  readonly fixed: readonly string[];
  /** Why the ring cannot be known; empty when it can. */
  readonly unpredictable: readonly string[];
}

/** The resolver of one loadbalancing exporter. `image`: that of the agents, for what its release does. */
export function agentResolver(
  balancing: Mapping,
  services: readonly Mapping[],
  image = "",
): Resolver {
  const settings = mappingOf(balancing["resolver"]);
  if (isMapping(settings["k8s"])) return k8sResolver(settings["k8s"], services, image);
  if (isMapping(settings["static"])) return staticResolver(settings["static"]);
  return dnsResolver(settings["dns"], services);
}

function dnsResolver(dns: unknown, services: readonly Mapping[]): Resolver {
  const hostname = textOf(at(dns, "hostname"));
  const service = hostname.split(".")[0] ?? "";
  const headless = isHeadless(service, services);
  return {
    kind: isMapping(dns) ? "dns" : "other",
    hostname,
    port: textOf(at(dns, "port")),
    // The exporter takes 0 for unset.
    intervalMs: durationOr(at(dns, "interval"), 0) || DEFAULTS.dnsIntervalMs,
    timeoutMs: durationOr(at(dns, "timeout"), 0) || DEFAULTS.dnsTimeoutMs,
    service,
    headless,
    keepsUnready: false,
    fixed: [],
    unpredictable: !isMapping(dns)
      ? ["the agents' resolver is neither dns, k8s nor static"]
      : headless
        ? []
        : [`the agents resolve ${service}, which is not a headless Service of the deployment`],
  };
}

/**
 * A watch that ends within a second, without news, counts as failed and is begun anew after up to 30 s (client-go,
 * tools/cache/reflector.go). 0.96.0 asks for one of a second, 0.115.0 for one of `timeout`, by default a second, and
 * 0.160.0 by default for a minute.
 */
const REWATCH_MS = 30_000;
const SHORT_WATCH_MS = 2_000;
const WATCH_TIMEOUT_SINCE = 115;
const LONG_WATCH_SINCE = 160;

/** From Endpoints, which list the ready alone, to EndpointSlices, which say of each whether it is; 0.116 on unread. */
const SLICES_SINCE = 160;
/** contrib#50436. */
const READY_ONLY_SINCE = 161;

function watchMs(k8s: Mapping, image: string): number {
  const defaultMs = isSince(image, LONG_WATCH_SINCE) ? 60_000 : 1_000;
  const setMs = isSince(image, WATCH_TIMEOUT_SINCE) ? durationOr(k8s["timeout"], 0) : 0;
  return setMs || defaultMs;
}

/** It watches the endpoints of a Service of any kind: the pods themselves, each once for every port. */
function k8sResolver(k8s: Mapping, services: readonly Mapping[], image: string): Resolver {
  const service = textOf(k8s["service"]).split(".")[0] ?? "";
  const ports = listOf(k8s["ports"]).map(textOf);
  const known = services.some((candidate) => nameOf(candidate) === service);
  return {
    kind: "k8s",
    hostname: textOf(k8s["service"]),
    port: ports.join(","),
    intervalMs: watchMs(k8s, image) < SHORT_WATCH_MS ? REWATCH_MS : 0,
    timeoutMs: 0,
    service,
    // Behind any Service it sees the gateways themselves.
    headless: true,
    keepsUnready: isSince(image, SLICES_SINCE) && !isSince(image, READY_ONLY_SINCE),
    fixed: [],
    unpredictable: [
      ...(known ? [] : [`the agents watch ${service}, which is no Service of the deployment`]),
      ...(k8s["return_hostnames"] === true
        ? ["the agents' k8s resolver routes by host names (return_hostnames)"]
        : []),
    ],
  };
}

/** The list as it is written, for ever. Only an address says which gateway an entry stands for. */
function staticResolver(settings: Mapping): Resolver {
  const fixed = listOf(settings["hostnames"]).map(textOf);
  const named = fixed.find((one) => !/^(\d+(\.\d+){3}|\[[0-9a-fA-F:.]+\])(:\d+)?$/.test(one));
  return {
    kind: "static",
    hostname: fixed.join(", "),
    port: "",
    intervalMs: 0,
    timeoutMs: 0,
    service: "",
    headless: false,
    keepsUnready: false,
    fixed,
    unpredictable:
      named === undefined
        ? []
        : [`the static resolver's ${named} does not say which gateway it stands for`],
  };
}

const isHeadless = (service: string, services: readonly Mapping[]): boolean =>
  at(
    services.find((candidate) => nameOf(candidate) === service),
    "spec",
    "clusterIP",
  ) === "None";

/**
 * The endpoints that a resolver makes of the gateways' addresses. k8s has one for each of its ports, and brackets IPv6
 * only beside a port; a static list stays as it is written.
 */
export function endpointsOf(
  ips: readonly string[],
  { kind, port, fixed }: Pick<Resolver, "kind" | "port" | "fixed">,
): string[] {
  switch (kind) {
    case "static":
      return fixed.filter((one) => ips.includes(ipOf(one)));
    case "k8s":
      return port === ""
        ? [...ips]
        : port.split(",").flatMap((one) => ips.map((ip) => endpointOf(ip, one)));
    case "dns":
    case "other":
      return ips.map((ip) => endpointOf(ip, port));
  }
}
