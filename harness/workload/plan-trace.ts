/**
 * Plans one trace: its class, its ID, its spans, and when and through which agent each span is
 * sent.
 */
import type { Random } from "../model/random.js";
import type { LoadOrder, SamplingFacts } from "../model/observer-api.js";
import type { TraceClass } from "../model/signal.js";
import { sampledByHash } from "../oracle/sampling.js";
import { SERVICES } from "./services.js";

export interface PlannedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the root, which is sent first. */
  readonly parentSpanId: string | undefined;
  readonly class: TraceClass;
  readonly service: string;
  /**
   * Microseconds from the start of the load, negative before it. Data: independent of the send
   * time.
   */
  readonly startUs: number;
  readonly endUs: number;
  readonly error: boolean;
  /** Milliseconds from the start of the load. */
  readonly sendAtMs: number;
  /** Index into the order's agents. */
  readonly agent: number;
}

export interface PlannedTrace {
  readonly traceId: string;
  /** In the order in which they are sent. */
  readonly spans: readonly PlannedSpan[];
}

/** Share of each class, in hundredths. */
const MIX: Readonly<Record<TraceClass, number>> = {
  "hash-kept": 25,
  "hash-dropped": 25,
  "error-all": 15,
  "error-last": 15,
  "slow-union": 15,
  long: 5,
};

/**
 * A long trace's last span leaves this long after decision_wait: past agent batch, tick and send
 * spread.
 */
const LATE_BY_MS = { least: 6_000, most: 8_000 };

/**
 * Percentages so close to 0 or 100 that one of the hash's two answers is too rare to look for an
 * ID.
 */
const RAREST_PERCENTAGE = 0.1;
const DRAWS_AT_MOST = 100_000;

/** A threshold beyond this stands for none: no trace may be so slow. */
const LONGEST_THRESHOLD_MS = 3_600_000;
const GUIDE_THRESHOLD_MS = 2_000;

/** Longest time from a trace's first send to its last, milliseconds. */
export const longestTraceMs = (order: LoadOrder): number =>
  Math.max(order.workload.spreadTraceOverMs, order.sampling.decisionWaitMs + LATE_BY_MS.most);

/** A trace whose first span is sent at `beginMs`. */
export function planTrace(draw: Random, order: LoadOrder, beginMs: number): PlannedTrace {
  const { workload, sampling, agents } = order;
  const traceClass = pickClass(draw, sampling);
  const traceId = pickTraceId(draw, traceClass, sampling);
  const [first, second] = pickAgents(draw, agents.length);
  const last = workload.spansPerTrace - 1;
  const spanIds: string[] = [];
  const times = planTimes(draw, traceClass, sampling, beginMs);
  const spans: PlannedSpan[] = [];
  for (let i = 0; i <= last; i++) {
    // The two agents take turns, and the last span never goes through the agent of the first.
    const part = i === last || i % 2 === 1 ? 1 : 0;
    const spanId = draw.hex(8);
    spans.push({
      traceId,
      spanId,
      parentSpanId: i === 0 ? undefined : draw.pick(spanIds),
      class: traceClass,
      service: draw.pick(SERVICES),
      ...times(i, part),
      error: traceClass === "error-all" || (traceClass === "error-last" && i === last),
      sendAtMs:
        traceClass === "long" && i === last
          ? beginMs + sampling.decisionWaitMs + between(draw, LATE_BY_MS.least, LATE_BY_MS.most)
          : beginMs + (i * workload.spreadTraceOverMs) / last,
      agent: part === 0 ? first : second,
    });
    spanIds.push(spanId);
  }
  return { traceId, spans };
}

function pickClass(draw: Random, { percentage }: SamplingFacts): TraceClass {
  const possible = (Object.entries(MIX) as [TraceClass, number][]).filter(
    ([name]) =>
      (name !== "hash-kept" || percentage >= RAREST_PERCENTAGE) &&
      (name !== "hash-dropped" || percentage <= 100 - RAREST_PERCENTAGE),
  );
  let ticket = draw.below(possible.reduce((sum, [, share]) => sum + share, 0));
  for (const [name, share] of possible) {
    if (ticket < share) return name;
    ticket -= share;
  }
  throw new RangeError("the shares of the classes do not add up");
}

/** What the sampling hash must say about the ID; undefined when either answer will do. */
function wantedHash(draw: Random, traceClass: TraceClass, percentage: number): boolean | undefined {
  if (percentage < RAREST_PERCENTAGE || percentage > 100 - RAREST_PERCENTAGE) return undefined;
  if (traceClass === "long") return draw.below(2) === 0;
  return traceClass === "hash-kept";
}

/** Rejection sampling against the collector's own hash. */
function pickTraceId(draw: Random, traceClass: TraceClass, sampling: SamplingFacts): string {
  const wanted = wantedHash(draw, traceClass, sampling.percentage);
  for (let i = 0; i < DRAWS_AT_MOST; i++) {
    const traceId = draw.hex(16);
    if (wanted === undefined || sampledByHash(traceId, sampling) === wanted) return traceId;
  }
  throw new RangeError(`no trace ID for ${traceClass} at ${sampling.percentage} % sampling`);
}

/** Two different ones, but for a load that has only one. */
function pickAgents(draw: Random, count: number): [first: number, second: number] {
  if (count === 1) return [0, 0];
  const first = draw.below(count);
  return [first, (first + 1 + draw.below(count - 1)) % count];
}

/**
 * Timestamps, all in the past of the first send. A slow-union trace has two parts, one an agent, of
 * 0.3 thresholds each and 2.1 apart, so that only the union is slow, at least twice over. Any other
 * trace lies within 0.4 thresholds and 0.9 s. Where no policy asks for slow traces, it is slow by the guide's.
 */
function planTimes(
  draw: Random,
  traceClass: TraceClass,
  sampling: SamplingFacts,
  beginMs: number,
): (index: number, part: number) => { startUs: number; endUs: number } {
  const { latencyThresholdMs: askedMs } = sampling;
  const latencyThresholdMs = askedMs > LONGEST_THRESHOLD_MS ? GUIDE_THRESHOLD_MS : askedMs;
  const slow = traceClass === "slow-union";
  const windowUs = Math.floor(
    slow ? latencyThresholdMs * 300 : Math.min(900_000, latencyThresholdMs * 400),
  );
  const gapUs = slow ? latencyThresholdMs * 2_100 : 0;
  const baseUs = Math.floor(beginMs * 1_000) - gapUs - windowUs;
  return (index, part) => {
    const fromUs = baseUs + part * gapUs;
    if (index === 0) return { startUs: fromUs, endUs: fromUs + windowUs };
    const startUs = fromUs + draw.below(windowUs);
    return { startUs, endUs: startUs + draw.below(fromUs + windowUs - startUs + 1) };
  };
}

const between = (draw: Random, least: number, most: number): number =>
  least + draw.below(most - least);
