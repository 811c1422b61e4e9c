/** From when to when a fault lasted, as reports draw it. */
import type { RunRecord } from "../model/run-record.js";
import type { GatewaySet, ReportSeries } from "./series.js";

export interface FaultSpan {
  readonly fromMs: number;
  /** Null when it lasted beyond the run. */
  readonly toMs: number | null;
}

type Fault = RunRecord["faults"][number];

/**
 * From injection to healing; but a fault that made gateways fewer, until there are as many as
 * before, if the cluster replaces them earlier. Undefined for a fault that was not injected.
 */
export function faultSpan(fault: Fault, series?: ReportSeries): FaultSpan | undefined {
  const { injectedAtMs, healedAtMs } = fault;
  if (injectedAtMs === null) return undefined;
  const replacedMs = replaced(series?.gatewaySets ?? [], injectedAtMs);
  const ends = [healedAtMs, replacedMs].filter((ms) => ms !== null);
  return { fromMs: injectedAtMs, toMs: ends.length === 0 ? null : Math.min(...ends) };
}

/** A fault is on record as injected once its requests are answered: it may show so much sooner. */
const STRIKE_MS = 2_000;

/** When the gateways were as many again as before `fromMs`; null if they never were fewer, or since. */
function replaced(sets: readonly GatewaySet[], fromMs: number): number | null {
  const calmMs = fromMs - STRIKE_MS;
  const before = sets.findLast(({ atMs }) => atMs <= calmMs)?.gateways.length ?? 0;
  const later = sets.filter(({ atMs }) => atMs > calmMs);
  const fewer = later.findIndex(({ gateways }) => gateways.length < before);
  if (fewer === -1) return null;
  return later.slice(fewer).find(({ gateways }) => gateways.length >= before)?.atMs ?? null;
}
