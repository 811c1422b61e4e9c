import { crc32 } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import {
  buildRing,
  endpointOf,
  FIRST_RING,
  ipOf,
  ownerAt,
  positionOf,
  PROBED_RING,
  RING_SIZE,
  routeKeyOf,
  type RingShape,
} from "./ring.js";

const IPS = ["10.244.1.5", "10.244.2.7", "10.244.3.9"];

/** Trace ID, position, owner without a port, owner with port 4317: as the collectors 0.96.0 and 0.115.0 answer. */
const GOLDENS = [
  ["00000000000000000000000000000001", 12931, "10.244.2.7", "10.244.1.5"],
  ["4bf92f3577b34da6a3ce929d0e0e4736", 4869, "10.244.1.5", "10.244.1.5"],
  ["0af7651916cd43dd8448eb211c80319c", 25813, "10.244.1.5", "10.244.3.9"],
  ["ffffffffffffffffffffffffffffffff", 14266, "10.244.3.9", "10.244.2.7"],
  ["c0ffee00000000000000000000000010", 12734, "10.244.2.7", "10.244.2.7"],
] as const;

const ips = fc.uniqueArray(
  fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `10.1.${String(a)}.${String(b)}`),
  { minLength: 2, maxLength: 8 },
);
const traceId = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe("ring", () => {
  it("has the collector's points", () => {
    const bare = buildRing(IPS);
    const ported = buildRing(IPS.map((ip) => endpointOf(ip, "4317")));
    expect(bare.positions.length).to.equal(298);
    expect(ported.positions.length).to.equal(297);
    expect([bare.positions[0], bare.endpoints[bare.takers[0]!]]).to.deep.equal([49, "10.244.2.7"]);
    expect([ported.positions[0], ported.endpoints[ported.takers[0]!]]).to.deep.equal([
      9,
      "10.244.2.7:4317",
    ]);
  });

  for (const [id, position, bare, ported] of GOLDENS) {
    it(`routes ${id} as the collector does`, () => {
      expect(positionOf(routeKeyOf("traces", id))).to.equal(position);
      expect(ownerAt(buildRing(IPS), position)).to.equal(bare);
      const withPort = buildRing(IPS.map((ip) => endpointOf(ip, "4317")));
      expect(ipOf(ownerAt(withPort, position))).to.equal(ported);
    });
  }

  it("does not depend on the order of the endpoints", () => {
    fc.assert(
      fc.property(ips, traceId, (list, id) => {
        const position = positionOf(id);
        expect(ownerAt(buildRing(list), position)).to.equal(
          ownerAt(buildRing([...list].reverse()), position),
        );
      }),
    );
  });

  it("moves a position only to an endpoint that came", () => {
    fc.assert(
      fc.property(ips, fc.nat(RING_SIZE - 1), (list, position) => {
        const before = ownerAt(buildRing(list), position);
        const after = ownerAt(buildRing([...list, "10.2.0.1"]), position);
        expect(after === "10.2.0.1" || after === before).to.equal(true);
      }),
    );
  });

  it("reads the address back from an endpoint", () => {
    for (const ip of [...IPS, "fd00::1"]) {
      expect(ipOf(endpointOf(ip, ""))).to.equal(ip);
      expect(ipOf(endpointOf(ip, "4317"))).to.equal(ip);
    }
  });

  it("owns nothing without endpoints", () => {
    expect(() => ownerAt(buildRing([]), 1)).to.throw(RangeError);
  });
});

/**
 * What collectors make of sets of endpoints: CRC-32 of their points as lines, and how many there are. First 0.96.0 and
 * 0.115.0, then 0.160.0 and 0.161.0.
 */
const RINGS: readonly (readonly [
  what: string,
  endpoints: readonly string[],
  first: string,
  probed: string,
])[] = [
  ["addresses", IPS, "c7bb25f2 298", "65b9d6af 600"],
  ["addresses with a port", IPS.map((ip) => `${ip}:4317`), "5875b803 297", "d23e7c5e 600"],
  [
    "IPv6 in brackets",
    ["[fd00::1]:4317", "[fd00::2]:4317", "[fd00::3]:4317"],
    "70ad6ffc 298",
    "ba7b6d8d 600",
  ],
  [
    "IPv6 as the k8s resolver has it",
    ["fd00::1", "fd00::2", "fd00::3"],
    "4c1cf1d1 299",
    "a4c6b12b 600",
  ],
  [
    "two ports a gateway",
    ["10.244.1.5:4317", "10.244.1.5:4318", "10.244.2.7:4317", "10.244.2.7:4318"],
    "2e45b13e 397",
    "18c90bf7 800",
  ],
  [
    "a static list",
    ["gateway-0.gateways:4317", "gateway-1.gateways:4317", "10.0.0.7"],
    "35463008 297",
    "1c3b7deb 600",
  ],
  [
    "forty gateways, whose points collide",
    Array.from({ length: 40 }, (_, n) => `10.1.${String(Math.floor(n / 7))}.${String(n)}:4317`),
    "8f41b535 3765",
    "5b42c763 8000",
  ],
];
/** Of 0.160.0 and 0.161.0: trace ID, position, owner by its bytes, position and owner by its text; without a port. */
const PROBED_GOLDENS = [
  ["00000000000000000000000000000001", 51617, "10.244.3.9", 3649, "10.244.1.5"],
  ["4bf92f3577b34da6a3ce929d0e0e4736", 99306, "10.244.1.5", 36868, "10.244.2.7"],
  ["0af7651916cd43dd8448eb211c80319c", 58042, "10.244.1.5", 122870, "10.244.2.7"],
  ["ffffffffffffffffffffffffffffffff", 124403, "10.244.3.9", 106050, "10.244.3.9"],
  ["c0ffee00000000000000000000000010", 117490, "10.244.1.5", 98400, "10.244.1.5"],
] as const;

describe("the rings of all releases that can be built", () => {
  const pointsOf = (endpoints: readonly string[], shape: RingShape): string => {
    const ring = buildRing(endpoints, shape);
    const lines = ring.positions.map(
      (position, index) => `${String(position)} ${ring.endpoints[ring.takers[index]!]!}\n`,
    );
    const digest = crc32(lines.join("")).toString(16).padStart(8, "0");
    return `${digest} ${String(lines.length)}`;
  };
  for (const [what, endpoints, first, probed] of RINGS) {
    it(`have the collectors' points for ${what}`, () => {
      expect(pointsOf(endpoints, FIRST_RING)).to.equal(first);
      expect(pointsOf(endpoints, PROBED_RING)).to.equal(probed);
    });
  }
});

describe("the ring of 0.160.0 and 0.161.0", () => {
  for (const [id, position, owner, textPosition, textOwner] of PROBED_GOLDENS) {
    it(`routes ${id} as the collector does, as a span and as a log record`, () => {
      const ring = buildRing(IPS, PROBED_RING);
      expect(positionOf(routeKeyOf("traces", id), PROBED_RING)).to.equal(position);
      expect(ownerAt(ring, position)).to.equal(owner);
      const text = routeKeyOf("logs", id, "trace-id-text");
      expect(positionOf(text, PROBED_RING)).to.equal(textPosition);
      expect(ownerAt(ring, textPosition)).to.equal(textOwner);
    });
  }

  it("routes a service as the collector does", () => {
    const ring = buildRing(IPS, PROBED_RING);
    const owner = (service: string): string =>
      ownerAt(ring, positionOf(routeKeyOf("metrics", service), PROBED_RING));
    expect([owner("checkout"), owner("payment")]).to.deep.equal(["10.244.2.7", "10.244.3.9"]);
  });
});
