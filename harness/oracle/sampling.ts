/** What the gateways' tail sampling must decide about a trace: the collector's algorithm, bit by bit. */
import type { SamplingFacts } from "../model/observer-api.js";

/** The part of SamplingFacts that the probabilistic policy uses. */
export type HashPolicy = Pick<SamplingFacts, "percentage" | "salt">;

/** What one trace shows to the policies, over all of its spans. */
export interface TraceEvidence {
  readonly traceId: string;
  readonly anyError: boolean;
  /** Earliest start to latest end, milliseconds. */
  readonly unionDurationMs: number;
}

const MAX_UINT64 = (1n << 64n) - 1n;
const LIMB = 0x1_0000_0000;

/**
 * The largest hash that a percentage keeps: the unsigned 64-bit product of 2^64 - 1 and percentage / 100,
 * rounded to a mantissa of 64 bits (half to even) and then truncated.
 * Source: contrib processor/tailsamplingprocessor/internal/sampling/probabilistic.go, the same at v0.96.0, v0.115.0,
 * v0.160.0 and v0.161.0.
 */
export function thresholdFor(percentage: number): bigint {
  const { mantissa, exponent } = partsOf(percentage / 100);
  if (mantissa === 0n) return 0n;
  let product = MAX_UINT64 * mantissa;
  const surplusBits = product.toString(2).length - 64;
  if (surplusBits > 0) product = roundHalfEven(product, BigInt(surplusBits));
  const shift = exponent + Math.max(surplusBits, 0);
  const threshold = shift >= 0 ? product << BigInt(shift) : product >> BigInt(-shift);
  return threshold > MAX_UINT64 ? MAX_UINT64 : threshold;
}

/** Drops the lowest `bits` bits of a number: to nearest, half to even. */
function roundHalfEven(value: bigint, bits: bigint): bigint {
  const half = 1n << (bits - 1n);
  const dropped = value & ((1n << bits) - 1n);
  const kept = value >> bits;
  return dropped > half || (dropped === half && (kept & 1n) === 1n) ? kept + 1n : kept;
}

/** A positive float64 as the exact whole number `mantissa` times 2 to the `exponent`. */
function partsOf(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

/** An unsigned 64-bit number as two halves: BigInt is too slow for one hash a trace. */
interface Limbs {
  high: number;
  low: number;
}

/** FNV-1a 64: offset basis 0xcbf29ce484222325, prime 0x100000001b3 (= 2^40 + 0x1b3). */
function fnv1a(bytes: Iterable<number>, start: Readonly<Limbs>): Limbs {
  let { high, low } = start;
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    const lowProduct = low * 0x1b3;
    high = (high * 0x1b3 + low * 0x100 + Math.floor(lowProduct / LIMB)) >>> 0;
    low = lowProduct >>> 0;
  }
  return { high, low };
}

const FNV_OFFSET: Readonly<Limbs> = { high: 0xcbf29ce4, low: 0x84222325 };

/** The policy's hash of a trace ID (32 hex digits): FNV-1a 64 over the salt, then the 16 bytes. */
export function samplingHash(traceIdHex: string, salt: string): bigint {
  const { high, low } = fnv1a(Buffer.from(traceIdHex, "hex"), saltState(salt));
  return (BigInt(high) << 32n) | BigInt(low);
}

const saltState = (salt: string): Limbs => fnv1a(new TextEncoder().encode(salt), FNV_OFFSET);

interface PreparedPolicy extends HashPolicy {
  readonly threshold: Limbs;
  readonly salted: Limbs;
}
let prepared: PreparedPolicy | undefined;

/** Threshold and salt state of the policy asked for last: a run asks for one policy a million times. */
function prepare({ percentage, salt }: HashPolicy): PreparedPolicy {
  if (prepared?.percentage === percentage && prepared.salt === salt) return prepared;
  const threshold = thresholdFor(percentage);
  prepared = {
    percentage,
    salt,
    threshold: { high: Number(threshold >> 32n), low: Number(threshold & 0xffffffffn) },
    salted: saltState(salt),
  };
  return prepared;
}

/** Whether the probabilistic policy keeps a trace (32 hex digits, or 16 bytes): hash <= threshold. */
export function sampledByHash(traceId: string | Uint8Array, policy: HashPolicy): boolean {
  const { threshold, salted } = prepare(policy);
  const bytes = typeof traceId === "string" ? Buffer.from(traceId, "hex") : traceId;
  const { high, low } = fnv1a(bytes, salted);
  return high < threshold.high || (high === threshold.high && low <= threshold.low);
}

/**
 * Whether the trace shows an error or takes the latency threshold or longer. The latency policy compares whole
 * milliseconds (contrib internal/sampling/latency.go); what it wants is in the threshold (collector-config.ts).
 */
export const keptByEvidence = (
  { anyError, unionDurationMs }: Omit<TraceEvidence, "traceId">,
  latencyThresholdMs: number,
): boolean => anyError || Math.floor(unionDurationMs) >= latencyThresholdMs;

/** The guide's three policies, any of which keeps a trace: error, latency, hash. */
export const decide = (
  trace: TraceEvidence,
  facts: Omit<SamplingFacts, "decisionWaitMs">,
): boolean =>
  keptByEvidence(trace, facts.latencyThresholdMs) || sampledByHash(trace.traceId, facts);
