/** Reads the orders of a load that came over the network. */
import { z } from "zod";
import { UsageError } from "../model/errors.js";
import { parseSeed } from "../model/ids.js";
import type { LoadOrder } from "../model/observer-api.js";
import { SIGNALS } from "../model/signal.js";

const rate = z.number().positive().max(100_000);
const lengthMs = z.number().nonnegative();
const stream = z.string().regex(/^[a-z0-9-]+$/);

const Order = z.strictObject({
  runId: z.string().min(1),
  seed: z.string().transform((text) => String(parseSeed(text))),
  workload: z.strictObject({
    tracesPerSecond: rate,
    spansPerTrace: z.number().int().min(4),
    spreadTraceOverMs: lengthMs,
    metricPointsPerSecond: rate,
    logRecordsPerSecond: rate,
    signals: z.array(z.enum(SIGNALS)).min(1),
  }),
  sampling: z.strictObject({
    percentage: z.number().min(0).max(100),
    salt: z.string(),
    latencyThresholdMs: z.number().positive(),
    decisionWaitMs: lengthMs,
  }),
  agents: z
    .array(z.strictObject({ node: z.string().min(1), endpoint: z.string().regex(/:\d+$/) }))
    .min(2, "a trace needs two agents"),
  durationMs: lengthMs,
  stream: stream.optional(),
});
const Surge = z.strictObject({
  stream,
  tracesPerSecond: rate,
  durationMs: lengthMs,
  nodes: z.array(z.string()).min(1).optional(),
});

/** Throws UsageError that names each wrong field. */
export function parseLoadOrder(body: unknown): LoadOrder {
  const parsed = Order.safeParse(body);
  if (!parsed.success) throw new UsageError(`not a load order: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The load that a surge adds to another: traces alone, through all agents or some. UsageError as above. */
export function parseSurge(body: unknown, { workload, ...load }: LoadOrder): LoadOrder {
  const parsed = Surge.safeParse(body);
  if (!parsed.success) throw new UsageError(`not a surge: ${z.prettifyError(parsed.error)}`);
  const { stream, durationMs, tracesPerSecond, nodes } = parsed.data;
  const unknown = nodes?.find((name) => load.agents.every(({ node }) => node !== name));
  if (unknown !== undefined)
    throw new UsageError(`not a surge: the load has no agent on ${unknown}`);
  return {
    ...load,
    agents: load.agents.filter(({ node }) => nodes?.includes(node) ?? true),
    stream,
    durationMs,
    workload: { ...workload, tracesPerSecond, signals: ["traces"] },
  };
}
