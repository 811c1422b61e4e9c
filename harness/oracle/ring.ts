/**
 * The consistent hash ring of the loadbalancing exporter: which gateway owns a trace, log record or metric.
 * Source: contrib exporter/loadbalancingexporter/consistent_hashing.go and resolver_*.go, at v0.96.0, v0.115.0,
 * v0.160.0 and v0.161.0.
 */
import { crc32 } from "node:zlib";
import { bracketed, withPort } from "../model/addresses.js";
import type { Signal } from "../model/signal.js";

/** How a release makes its ring. */
export interface RingShape {
  /** Positions, from 0 on. */
  readonly size: number;
  readonly pointsPerEndpoint: number;
  /** Bytes of the number of a point that are hashed after its endpoint, the lowest first. */
  readonly indexBytes: 1 | 4;
  /** Positions that a point looks at after one that is taken: with none it is left out. */
  readonly probes: number;
}

/** Positions on the ring of 0.96.0 and 0.115.0, 0 to 35,999. */
export const RING_SIZE = 36_000;
export const FIRST_RING: RingShape = {
  size: RING_SIZE,
  pointsPerEndpoint: 100,
  indexBytes: 1,
  probes: 0,
};
/** Of 0.160.0 and 0.161.0: a prime, twice the points, and ten positions to go on to. */
export const PROBED_RING: RingShape = {
  size: 131_071,
  pointsPerEndpoint: 200,
  indexBytes: 4,
  probes: 10,
};

export interface Ring {
  /** Sorted bytewise, as the resolver hands them over. */
  readonly endpoints: readonly string[];
  /** Positions that are taken, ascending, and the index of the endpoint that took each. */
  readonly positions: readonly number[];
  readonly takers: readonly number[];
}

/**
 * The ring of a set of endpoints, each as `endpointsOf` writes it. At 0.96.0 a position that is taken already stays
 * with the endpoint that comes first in the sorted list. Later the points of all endpoints are put in order of
 * position, hash and endpoint, and one whose position is taken takes the next free one within its probes.
 */
export function buildRing(endpoints: readonly string[], shape: RingShape = FIRST_RING): Ring {
  const sorted = [...endpoints].sort();
  const points = sorted.flatMap((endpoint, taker) => pointsOf(endpoint, taker, shape));
  if (shape.probes > 0) {
    points.sort((a, b) => a.position - b.position || a.hash - b.hash || a.taker - b.taker);
  }
  const takerOf = new Map<number, number>();
  for (const { position, taker } of points) {
    const free = freePosition(takerOf, position, shape);
    if (free !== undefined) takerOf.set(free, taker);
  }
  const taken = [...takerOf].sort(([a], [b]) => a - b);
  return {
    endpoints: sorted,
    positions: taken.map(([position]) => position),
    takers: taken.map(([, taker]) => taker),
  };
}

interface Point {
  readonly position: number;
  readonly hash: number;
  /** Index of the endpoint; they are sorted bytewise. */
  readonly taker: number;
}

function pointsOf(endpoint: string, taker: number, shape: RingShape): Point[] {
  const base = crc32(endpoint);
  return Array.from({ length: shape.pointsPerEndpoint }, (_, point) => {
    const index = Buffer.alloc(shape.indexBytes);
    index.writeUIntLE(point, 0, shape.indexBytes);
    const hash = crc32(index, base);
    return { position: hash % shape.size, hash, taker };
  });
}

/** The first free one of a position and those after it; undefined when all that may be looked at are taken. */
function freePosition(
  taken: ReadonlyMap<number, number>,
  position: number,
  { size, probes }: RingShape,
): number | undefined {
  if (!taken.has(position)) return position;
  // The tenth look ends the search, whatever it finds.
  for (let probe = 1; probe < probes; probe++) {
    const next = (position + probe) % size;
    if (!taken.has(next)) return next;
  }
  return undefined;
}

/** Where a routing key lies on every ring of that shape. */
export const positionOf = (routeKey: Uint8Array, { size }: RingShape = FIRST_RING): number =>
  crc32(routeKey) % size;

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

/** What of an item is hashed: its trace ID as bytes or as hexadecimal text, or its service. */
export type RouteKey = "trace-id" | "trace-id-text" | "service";

/** The bytes that the exporter hashes of an item's key, a trace ID or for metrics service.name. */
export function routeKeyOf(
  signal: Signal,
  key: string,
  by: RouteKey = signal === "metrics" ? "service" : "trace-id",
): Uint8Array {
  return by === "trace-id" ? Buffer.from(key, "hex") : Buffer.from(key, "utf8");
}

/**
 * An address as the dns resolver writes it into the ring: IPv6 in brackets, and the port only if the resolver's
 * configuration names one (the default port is added later, for dialling, and does not enter the hash).
 */
export function endpointOf(ip: string, port: string): string {
  return port === "" ? bracketed(ip) : withPort(ip, port);
}

/** The address in an endpoint. */
export function ipOf(endpoint: string): string {
  const bracketed = /^\[(.*)\]/.exec(endpoint);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  // More than one colon without brackets is an IPv6 address alone.
  return /:.*:/.test(endpoint) ? endpoint : endpoint.replace(/:\d+$/, "");
}
