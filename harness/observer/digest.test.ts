import { expect } from "chai";
import { itemsOf } from "./items.js";
import { encodeRequest } from "./otlp.js";

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const SPAN = {
  traceId: Buffer.alloc(16, 1),
  spanId: Buffer.alloc(8, 2),
  parentSpanId: Buffer.alloc(8, 3),
  name: "n",
  kind: 2,
  startTimeUnixNano: "1700000000123456789",
  endTimeUnixNano: "1700000000123456799",
  attributes: [text("a", "1"), text("b", "2")],
  status: { code: 2, message: "m" },
};
const RESOURCE = [text("service.name", "cart"), text("chaos.run", "r1")];

const digestOf = (span: object = SPAN, resource: object[] = RESOURCE, scope = "s"): string => {
  const scopeSpans = [{ scope: { name: scope }, spans: [span] }];
  const resourceSpans = [{ resource: { attributes: resource }, scopeSpans }];
  return itemsOf("traces", encodeRequest("traces", { resourceSpans }))[0]!.digest;
};

const pointDigest = (metric: object): string => {
  const resourceMetrics = [{ scopeMetrics: [{ metrics: [metric] }] }];
  return itemsOf("metrics", encodeRequest("metrics", { resourceMetrics }))[0]!.digest;
};

describe("the digest of an item", () => {
  it("is 16 hex characters", () => expect(digestOf()).to.match(/^[0-9a-f]{16}$/));

  it("ignores the order of attributes and the agent's stamp", () => {
    expect(digestOf({ ...SPAN, attributes: [...SPAN.attributes].reverse() })).to.equal(digestOf());
    expect(digestOf(SPAN, [text("k8s.node.name", "w1"), ...RESOURCE])).to.equal(digestOf());
  });

  const changes: Record<string, object> = {
    "trace ID": { traceId: Buffer.alloc(16, 9) },
    "span ID": { spanId: Buffer.alloc(8, 9) },
    "parent ID": { parentSpanId: Buffer.alloc(0) },
    name: { name: "other" },
    kind: { kind: 3 },
    "last digit of the start": { startTimeUnixNano: "1700000000123456788" },
    "last digit of the end": { endTimeUnixNano: "1700000000123456798" },
    "status code": { status: { code: 1, message: "m" } },
    "status message": { status: { code: 2, message: "" } },
    "value of an attribute": { attributes: [text("a", "1"), text("b", "3")] },
    "type of a value": { attributes: [text("a", "1"), { key: "b", value: { intValue: "2" } }] },
    "a lost attribute": { attributes: [text("a", "1")] },
    "an added event": { events: [{ name: "e" }] },
    "an added link": { links: [{ spanId: Buffer.alloc(8, 1) }] },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`changes with the ${what}`, () => {
      expect(digestOf({ ...SPAN, ...change })).to.not.equal(digestOf());
    });
  }

  it("changes with the scope and any other resource attribute", () => {
    expect(digestOf(SPAN, RESOURCE, "t")).to.not.equal(digestOf());
    expect(digestOf(SPAN, [...RESOURCE, text("x", "y")])).to.not.equal(digestOf());
  });

  it("tells a gauge from a sum and a whole number from a double", () => {
    const whole = { dataPoints: [{ asInt: "1" }] };
    const digests = [
      pointDigest({ name: "m", gauge: whole }),
      pointDigest({ name: "m", sum: whole }),
      pointDigest({ name: "m", gauge: { dataPoints: [{ asDouble: 1 }] } }),
    ];
    expect(new Set(digests).size).to.equal(3);
  });
});
