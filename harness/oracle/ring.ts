/**
 * The consistent hash ring of the loadbalancing exporter: which gateway owns a trace, log record or metric.
 * Source: contrib v0.96.0 exporter/loadbalancingexporter/consistent_hashing.go and resolver_dns.go.
 */
import { crc32 } from "node:zlib";
import type { Signal } from "../model/signal.js";

/** Positions on the ring, 0 to 35,999. */
export const RING_SIZE = 36_000;
const POINTS_PER_ENDPOINT = 100;

export interface Ring {
  /** Sorted bytewise, as the resolver hands them over. */
  readonly endpoints: readonly string[];
  /** Positions that are taken, ascending, and the index of the endpoint that took each. */
  readonly positions: readonly number[];
  readonly takers: readonly number[];
}

/**
 * The ring of a set of endpoints, each as `endpointOf` writes it. Each endpoint takes up to 100 positions; a
 * position that is taken already stays with the endpoint that comes first in the sorted list.
 */
export function buildRing(endpoints: readonly string[]): Ring {
  const sorted = [...endpoints].sort();
  const takerOf = new Map<number, number>();
  for (const [taker, endpoint] of sorted.entries()) {
    const base = crc32(endpoint);
    for (let point = 0; point < POINTS_PER_ENDPOINT; point++) {
      const position = crc32(Uint8Array.of(point), base) % RING_SIZE;
      if (!takerOf.has(position)) takerOf.set(position, taker);
    }
  }
  const points = [...takerOf].sort(([a], [b]) => a - b);
  return {
    endpoints: sorted,
    positions: points.map(([position]) => position),
    takers: points.map(([, taker]) => taker),
  };
}

/** Where a routing key lies on every ring. */
export const positionOf = (routeKey: Uint8Array): number => crc32(routeKey) % RING_SIZE;

/** The endpoint that owns a position: the first point at or after it, around the end if need be. */
export function ownerAt(ring: Ring, position: number): string {
  let low = 0;
  let high = ring.positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ring.positions[middle] ?? Infinity) >= position) high = middle;
    else low = middle + 1;
  }
  const taker = ring.takers[low] ?? ring.takers[0];
  const owner = taker === undefined ? undefined : ring.endpoints[taker];
  if (owner === undefined) throw new RangeError("a ring without endpoints owns nothing");
  return owner;
}

/** The bytes that the exporter hashes: a trace ID for spans and log records, service.name for metrics. */
export const routeKeyOf = (signal: Signal, key: string): Uint8Array =>
  signal === "metrics" ? Buffer.from(key, "utf8") : Buffer.from(key, "hex");

/**
 * An address as the resolver writes it into the ring: IPv6 in brackets, and the port only if the resolver's
 * configuration names one (the default port is added later, for dialling, and does not enter the hash).
 */
export function endpointOf(ip: string, port: string): string {
  const host = ip.includes(":") ? `[${ip}]` : ip;
  return port === "" ? host : `${host}:${port}`;
}

/** The address in an endpoint; the inverse of `endpointOf`. */
export function ipOf(endpoint: string): string {
  const bracketed = /^\[(.*)\]/.exec(endpoint);
  return bracketed?.[1] ?? endpoint.replace(/:\d+$/, "");
}
