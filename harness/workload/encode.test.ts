import { expect } from "chai";
import type { SentItem } from "../model/journal.js";
import { hex } from "../observer/digest.js";
import { itemsOf } from "../observer/items.js";
import { decodeTraces } from "../observer/otlp.js";
import { createEncoder } from "./encode.js";
import type { PlannedSpan } from "./plan-trace.js";
import { planLoad } from "./plan.js";
import { testOrder } from "./test-order.js";

const EPOCH_MS = 1_700_000_000_123;

describe("encoding", () => {
  const order = testOrder();
  const encode = createEncoder(order, EPOCH_MS);
  const requests = [...planLoad(order)];

  it("puts every span on the wire with planned IDs, parent, times, status and service", () => {
    let checked = 0;
    for (const request of requests) {
      if (request.signal !== "traces") continue;
      const planned = new Map<string, PlannedSpan>(request.items.map((s) => [s.spanId, s]));
      for (const { resource, scopeSpans } of decodeTraces(encode(request).body).resourceSpans) {
        const text = new Map(resource!.attributes.map((a) => [a.key, a.value!.stringValue]));
        expect(text.get("chaos.run")).to.equal("r1");
        for (const span of scopeSpans[0]!.spans) {
          const plan = planned.get(hex(span.spanId))!;
          const nanos = (us: number) => String(BigInt(EPOCH_MS) * 1_000_000n + BigInt(us) * 1_000n);
          expect(text.get("service.name")).to.equal(plan.service);
          expect(hex(span.traceId)).to.equal(plan.traceId);
          expect(hex(span.parentSpanId)).to.equal(plan.parentSpanId ?? "");
          expect(span.startTimeUnixNano.toString()).to.equal(nanos(plan.startUs));
          expect(span.endTimeUnixNano.toString()).to.equal(nanos(plan.endUs));
          expect(span.status?.code).to.equal(plan.error ? 2 : 0);
          expect(span.attributes.map(({ key }) => key)).to.include("http.response.status_code");
          checked += 1;
        }
      }
    }
    expect(checked).to.equal(600);
  });

  it("journals what the receiver will read from the same bytes", () => {
    for (const request of requests) {
      const { signal, body, items } = encode(request);
      const core = ({ id, key, digest }: SentItem) => ({ id, key, digest });
      expect(items.map(core)).to.deep.equal(itemsOf(signal, body).map(core));
      expect(items.length).to.equal(request.items.length);
    }
  });

  it("tells the judge class, times and error of each span", () => {
    const request = requests.find(({ signal }) => signal === "traces")!;
    const plan = request.items[0] as PlannedSpan;
    const item = encode(request).items.find(({ id }) => id === plan.spanId);
    expect(item).to.deep.include({
      class: plan.class,
      startMs: EPOCH_MS + plan.startUs / 1_000,
      endMs: EPOCH_MS + plan.endUs / 1_000,
      error: plan.error,
    });
  });

  it("keys metric points by service and log records by trace, under the run's name", () => {
    for (const request of requests) {
      const { body } = encode(request);
      for (const item of itemsOf(request.signal, body)) {
        expect(item.run).to.equal("r1");
        if (request.signal === "metrics") {
          expect(item.key).to.equal(request.items.find(({ id }) => id === item.id)!.service);
        }
        if (request.signal === "logs") {
          expect(item.key).to.equal(request.items.find(({ id }) => id === item.id)!.traceId);
        }
      }
    }
  });
});
