/** A load order for tests. */
import type { LoadOrder } from "../model/observer-api.js";

export const testOrder = (changes: Partial<LoadOrder> = {}): LoadOrder => ({
  runId: "r1",
  seed: "42",
  workload: {
    tracesPerSecond: 20,
    spansPerTrace: 6,
    spreadTraceOverMs: 4_000,
    metricPointsPerSecond: 30,
    logRecordsPerSecond: 50,
    signals: ["traces", "metrics", "logs"],
  },
  sampling: {
    percentage: 10,
    salt: "default-hash-seed",
    latencyThresholdMs: 2_000,
    decisionWaitMs: 30_000,
  },
  agents: [1, 2, 3].map((n) => ({ node: `worker${n}`, endpoint: `10.0.0.${n}:4317` })),
  durationMs: 5_000,
  ...changes,
});
