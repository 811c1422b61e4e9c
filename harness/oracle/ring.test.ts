import { expect } from "chai";
import fc from "fast-check";
import { buildRing, endpointOf, ipOf, ownerAt, positionOf, RING_SIZE, routeKeyOf } from "./ring.js";

const IPS = ["10.244.1.5", "10.244.2.7", "10.244.3.9"];

/** Trace ID, position, owner without a port, owner with port 4317: as the collector 0.96.0 answers. */
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
