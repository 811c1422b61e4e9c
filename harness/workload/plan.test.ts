import { expect } from "chai";
import fc from "fast-check";
import type { LoadOrder } from "../model/observer-api.js";
import { TRACE_CLASSES } from "../model/signal.js";
import { sampledByHash } from "../oracle/sampling.js";
import { longestTraceMs } from "./plan-trace.js";
import type { PlannedSpan } from "./plan-trace.js";
import { planSummary } from "./plan-summary.js";
import type { PlannedRequest } from "./plan.js";
import { planLoad, TICK_MS } from "./plan.js";
import { testOrder } from "./test-order.js";

/** A span with the time at which its request leaves. */
type Sent = PlannedSpan & { readonly leavesMs: number };

function tracesOf(requests: readonly PlannedRequest[]): Map<string, Sent[]> {
  const traces = new Map<string, Sent[]>();
  for (const request of requests) {
    if (request.signal !== "traces") continue;
    for (const span of request.items) {
      const sent = { ...span, leavesMs: request.atMs };
      traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), sent]);
    }
  }
  return traces;
}

const unionMs = (spans: readonly PlannedSpan[]): number =>
  (Math.max(...spans.map((s) => s.endUs)) - Math.min(...spans.map((s) => s.startUs))) / 1_000;
const partsOf = (spans: readonly Sent[]): Sent[][] =>
  [...new Set(spans.map((s) => s.agent))].map((agent) => spans.filter((s) => s.agent === agent));

/** Orders of many shapes, small enough to plan in milliseconds. */
const orders: fc.Arbitrary<LoadOrder> = fc
  .record({
    seed: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    tracesPerSecond: fc.integer({ min: 1, max: 40 }),
    spansPerTrace: fc.integer({ min: 4, max: 15 }),
    spreadTraceOverMs: fc.integer({ min: 0, max: 6_000 }),
    durationMs: fc.integer({ min: 1, max: 4_000 }),
    agents: fc.integer({ min: 2, max: 5 }),
    percentage: fc.constantFrom(0, 0.5, 10, 50, 99, 100),
    latencyThresholdMs: fc.constantFrom(200, 2_000, 10_000),
  })
  .map(({ seed, agents, durationMs, percentage, latencyThresholdMs, ...workload }) => {
    const base = testOrder();
    return testOrder({
      seed: String(seed),
      durationMs,
      workload: { ...base.workload, ...workload },
      sampling: { ...base.sampling, percentage, latencyThresholdMs },
      agents: Array.from({ length: agents }, (_, n) => ({ node: `n${n}`, endpoint: `h${n}:1` })),
    });
  });

describe("the plan", () => {
  const forAnyOrder = (claim: (order: LoadOrder, requests: PlannedRequest[]) => void): void =>
    fc.assert(
      fc.property(orders, (order) => claim(order, [...planLoad(order)])),
      { numRuns: 60 },
    );
  const forAnyTrace = (claim: (spans: Sent[], order: LoadOrder) => void): void =>
    forAnyOrder((order, requests) => tracesOf(requests).forEach((spans) => claim(spans, order)));

  it("is the same for the same seed and another for another seed", () => {
    const plan = (seed: string) => JSON.stringify([...planLoad(testOrder({ seed }))]);
    expect(plan("7")).to.equal(plan("7"));
    expect(plan("7")).to.not.equal(plan("8"));
  });

  it("does not change the traces when another signal's rate changes", () => {
    const order = testOrder();
    const workload = { ...order.workload, logRecordsPerSecond: 7, metricPointsPerSecond: 3 };
    const ids = (o: LoadOrder) => [...tracesOf([...planLoad(o)]).keys()];
    expect(ids({ ...order, workload })).to.deep.equal(ids(order));
  });

  it("sends in the order of time, and ends within its longest trace after the load", () => {
    forAnyOrder((order, requests) => {
      let lastMs = 0;
      for (const { atMs } of requests) {
        expect(atMs).to.be.at.least(lastMs);
        lastMs = atMs;
      }
      expect(lastMs).to.be.below(order.durationMs + longestTraceMs(order) + 4 * TICK_MS);
    });
  });

  it("gives every item an ID of its own and every signal its rate", () => {
    forAnyOrder((order, requests) => {
      const ids = requests.flatMap(({ items }) =>
        items.map((item) => ("spanId" in item ? item.spanId : item.id)),
      );
      expect(new Set(ids).size).to.equal(ids.length);
      const { items } = planSummary(order);
      const { workload, durationMs } = order;
      const due = (perSecond: number) => Math.ceil((durationMs * perSecond) / 1_000);
      expect(items.logs).to.equal(due(workload.logRecordsPerSecond));
      expect(items.metrics).to.equal(due(workload.metricPointsPerSecond));
      expect(items.traces).to.equal(due(workload.tracesPerSecond) * workload.spansPerTrace);
    });
  });

  it("sends every trace whole, through two agents, the root before all others", () => {
    forAnyTrace((spans, { workload }) => {
      expect(spans.length).to.equal(workload.spansPerTrace);
      expect(partsOf(spans).length).to.equal(2);
      expect(spans[0]!.parentSpanId).to.equal(undefined);
      const spanIds = spans.map(({ spanId }) => spanId);
      for (const span of spans.slice(1)) {
        expect(span.leavesMs).to.be.above(spans[0]!.leavesMs);
        expect(spanIds).to.include(span.parentSpanId);
        expect(span.parentSpanId).to.not.equal(span.spanId);
      }
    });
  });

  it("gives a class the ID that its proof needs", () => {
    forAnyTrace((spans, { sampling }) => {
      const { traceId, class: traceClass } = spans[0]!;
      if (traceClass === "long" || sampling.percentage % 100 === 0) return;
      expect(sampledByHash(traceId, sampling)).to.equal(traceClass === "hash-kept");
    });
  });

  it("makes both kept and dropped long traces", () => {
    const order = testOrder({ durationMs: 60_000 });
    const long = [...tracesOf([...planLoad(order)])].filter(([, [s]]) => s!.class === "long");
    const kept = long.filter(([traceId]) => sampledByHash(traceId, order.sampling));
    expect(kept.length).to.be.within(1, long.length - 1);
  });

  it("puts errors where the class says: on all spans, on the very last through another agent", () => {
    forAnyTrace((spans) => {
      const errors = spans.filter((span) => span.error);
      const last = spans.at(-1)!;
      switch (spans[0]!.class) {
        case "error-all":
          expect(errors.length).to.equal(spans.length);
          break;
        case "error-last":
          expect(errors).to.deep.equal([last]);
          expect(last.agent).to.not.equal(spans[0]!.agent);
          expect(last.leavesMs).to.be.above(spans.at(-2)!.leavesMs);
          break;
        default:
          expect(errors).to.deep.equal([]);
      }
    });
  });

  it("makes slow-union traces slow as a union only, and all others fast", () => {
    forAnyTrace((spans, { sampling }) => {
      const threshold = sampling.latencyThresholdMs;
      for (const span of spans) expect(span.endUs).to.be.at.least(span.startUs);
      if (spans[0]!.class === "slow-union") {
        expect(unionMs(spans)).to.be.at.least(2 * threshold);
        for (const part of partsOf(spans)) expect(unionMs(part)).to.be.below(threshold / 2);
      } else {
        expect(unionMs(spans)).to.be.at.most(Math.min(1_000, threshold / 2));
      }
    });
  });

  it("has spans of a sane length where no policy asks for slow traces", () => {
    const base = testOrder();
    const sampling = { ...base.sampling, latencyThresholdMs: Number.MAX_SAFE_INTEGER };
    const requests = [...planLoad(testOrder({ sampling }))];
    for (const spans of tracesOf(requests).values()) expect(unionMs(spans)).to.be.below(10_000);
  });

  it("sends the last span of long traces alone, at least 6 s after decision_wait", () => {
    forAnyTrace((spans, { sampling, workload }) => {
      const spread = spans.at(-1)!.leavesMs - spans[0]!.leavesMs;
      if (spans[0]!.class !== "long") {
        expect(spread).to.be.below(workload.spreadTraceOverMs + 4 * TICK_MS);
        return;
      }
      expect(spread).to.be.at.least(sampling.decisionWaitMs + 6_000 - TICK_MS);
      const earlier = spans.at(-2)!.leavesMs - spans[0]!.leavesMs;
      expect(earlier).to.be.below(workload.spreadTraceOverMs + 4 * TICK_MS);
    });
  });

  it("mixes all classes in their shares", () => {
    const { traces } = planSummary(testOrder({ durationMs: 100_000 }));
    const shares = TRACE_CLASSES.map((name) => Math.round(traces[name] / 20));
    const planned = [25, 25, 15, 15, 15, 5];
    shares.forEach((share, i) => expect(share).to.be.closeTo(planned[i]!, 3));
  });

  it("ties log records to traces that have begun", () => {
    forAnyOrder((_, requests) => {
      const begun = new Map(
        [...tracesOf(requests)].map(([id, spans]) => [id, spans[0]!.sendAtMs] as const),
      );
      for (const request of requests) {
        if (request.signal !== "logs") continue;
        for (const { traceId, atMs } of request.items) {
          expect(begun.get(traceId)).to.be.at.most(atMs + TICK_MS);
        }
      }
    });
  });

  it("begins nothing after it was stopped, and finishes what has begun", () => {
    const order = testOrder({ durationMs: 60_000 });
    let untilMs = order.durationMs;
    const requests: PlannedRequest[] = [];
    for (const request of planLoad(order, () => untilMs)) {
      requests.push(request);
      if (request.atMs >= 3_000) untilMs = 3_000;
    }
    const traces = [...tracesOf(requests).values()];
    for (const spans of traces) {
      expect(spans.length).to.equal(6);
      expect(spans[0]!.sendAtMs).to.be.below(3_000 + 2 * TICK_MS);
    }
    expect(traces.length).to.be.within(60, 68);
    expect(requests.at(-1)!.atMs).to.be.below(3_000 + longestTraceMs(order) + 4 * TICK_MS);
  });

  it("leaves out signals that the workload does not want", () => {
    const order = testOrder();
    const workload = { ...order.workload, signals: ["logs"] as const };
    expect(planSummary({ ...order, workload }).items).to.include({ traces: 0, metrics: 0 });
  });
});
