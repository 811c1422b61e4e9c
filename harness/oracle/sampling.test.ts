import { expect } from "chai";
import fc from "fast-check";
import { decide, sampledByHash, samplingHash, thresholdFor } from "./sampling.js";

const SALT = "default-hash-seed";
const FACTS = { percentage: 10, salt: SALT, latencyThresholdMs: 2_000 };

/** As the collectors 0.96.0, 0.115.0, 0.160.0 and 0.161.0 compute them. */
const THRESHOLDS: [number, bigint][] = [
  [10, 1844674407370955263n],
  [1, 184467440737095519n],
  [50, 9223372036854775807n],
  [33.3, 6142765776545279999n],
  [0.1, 18446744073709551n],
  [100, (1n << 64n) - 1n],
  [0, 0n],
];
const HASHES = [
  ["00000000000000000000000000000001", 16254957729900898954n, false],
  ["4bf92f3577b34da6a3ce929d0e0e4736", 11908981664384643253n, false],
  ["0af7651916cd43dd8448eb211c80319c", 3728843964641534796n, false],
  ["ffffffffffffffffffffffffffffffff", 1711019809656077869n, true],
  ["c0ffee00000000000000000000000010", 18173362962893115462n, false],
] as const;

const hexId = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString("hex"));
const percentage = fc.double({ min: 0, max: 100, noNaN: true });

describe("sampling", () => {
  for (const [percent, threshold] of THRESHOLDS) {
    it(`has the collector's threshold for ${percent} %`, () => {
      expect(thresholdFor(percent)).to.equal(threshold);
    });
  }

  for (const [id, hash, kept] of HASHES) {
    it(`hashes ${id} as the collector does`, () => {
      expect(samplingHash(id, SALT)).to.equal(hash);
      expect(sampledByHash(id, FACTS)).to.equal(kept);
    });
  }

  it("keeps exactly the hashes up to the threshold", () => {
    fc.assert(
      fc.property(hexId, percentage, fc.string(), (id, percent, salt) => {
        const kept = samplingHash(id, salt) <= thresholdFor(percent);
        expect(sampledByHash(id, { percentage: percent, salt })).to.equal(kept);
      }),
    );
  });

  it("keeps whatever a smaller percentage keeps", () => {
    fc.assert(
      fc.property(percentage, percentage, (a, b) => {
        expect(thresholdFor(Math.min(a, b)) <= thresholdFor(Math.max(a, b))).to.equal(true);
      }),
    );
  });

  it("keeps an error, a slow trace or a kept hash, and nothing else", () => {
    const dropped = "00000000000000000000000000000001";
    const trace = { traceId: dropped, anyError: false, unionDurationMs: 1_999.9 };
    expect(decide(trace, FACTS)).to.equal(false);
    expect(decide({ ...trace, anyError: true }, FACTS)).to.equal(true);
    expect(decide({ ...trace, unionDurationMs: 2_000 }, FACTS)).to.equal(true);
    expect(decide({ ...trace, traceId: "f".repeat(32) }, FACTS)).to.equal(true);
  });
});
