/**
 * Seeded random numbers with named sub-streams: adding a consumer never shifts what another one draws.
 * Generator: splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
 */
const MASK_64 = (1n << 64n) - 1n;

export interface Random {
  /** The next 64 random bits. */
  bits64(): bigint;
  /** A float in [0, 1) with 53 random bits. */
  float(): number;
  /** A whole number in [0, bound). */
  below(bound: number): number;
  /** `byteCount` random bytes as lower-case hex. */
  hex(byteCount: number): string;
  /** One element; throws on an empty list. */
  pick<T>(list: readonly T[]): T;
  /** An independent stream that depends on this stream's seed and the name only. */
  stream(name: string): Random;
}

/** A generator for `seed`; the same seed and stream names give the same numbers on every machine. */
export function random(seed: bigint): Random {
  let state = seed & MASK_64;
  const bits64 = (): bigint => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK_64;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
    return z ^ (z >> 31n);
  };
  const float = (): number => Number(bits64() >> 11n) / 2 ** 53;
  const below = (bound: number): number => Math.floor(float() * bound);
  return {
    bits64,
    float,
    below,
    hex: (byteCount) => {
      let text = "";
      while (text.length < byteCount * 2) text += bits64().toString(16).padStart(16, "0");
      return text.slice(0, byteCount * 2);
    },
    pick: (list) => {
      const element = list[below(list.length)];
      if (element === undefined) throw new RangeError("cannot pick from an empty list");
      return element;
    },
    stream: (name) => random(hashName(seed & MASK_64, name)),
  };
}

/** FNV-1a 64 of the name, started from the seed. */
function hashName(seed: bigint, name: string): bigint {
  let hash = seed ^ 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(name)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & MASK_64;
  }
  return hash;
}
