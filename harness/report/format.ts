/** Numbers and times as a reader sees them; every report uses these. */
import type { RunRecord } from "../model/run-record.js";

const GROUPED = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 });

/** `28,000`. */
export const formatCount = (n: number): string => GROUPED.format(n);

/** `11.2 %`; small shares keep two significant digits: `0.0036 %`. A share of nothing is `–`. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (100 * part) / whole;
  if (percent === 0 || percent === 100) return `${String(percent)} %`;
  if (percent > 99.9) return `${(Math.floor(percent * 10_000) / 10_000).toString()} %`;
  return percent >= 1 ? `${percent.toFixed(1)} %` : `${percent.toPrecision(2)} %`;
}

/** A number stays with its unit where lines break. */
export const unbroken = (text: string): string =>
  text.replace(/(\d) (?=(?:%|ms\b|s\b|m\b))/g, "$1\u00a0");

/** `2026-11-25 05:01:02 UTC`. */
export const formatUtc = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** A time after the zero of a run's clock: `+1:23.4`; before it: `−0:02.0`. */
export function formatClock(ms: number): string {
  const tenths = Math.round(Math.abs(ms) / 100);
  const minutes = Math.floor(tenths / 600);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${ms < 0 && tenths > 0 ? "−" : "+"}${String(minutes)}:${rest}`;
}

/**
 * Zero of a run's clock: the first send, which is the start of calibration; without it the start
 * of the run.
 */
export function clockZeroMs(record: RunRecord): number {
  const calibrate = record.phases.find(({ phase }) => phase === "calibrate");
  return calibrate?.startMs ?? Date.parse(record.startedAt);
}

/** `1 span`, `2 spans`. */
export const plural = (n: number, name: { one: string; many: string }): string =>
  `${formatCount(n)} ${n === 1 ? name.one : name.many}`;

/**
 * The key of a figure with its unit apart: `recoveryTimeMs` and `recovery_time_ms` are `recovery
 * time` in `ms`.
 */
export function splitFigureKey(key: string): { name: string; unit: string } {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s_.-]+/)
    .map((word) => word.toLowerCase());
  const unit = words.length > 1 ? (words.pop() ?? "") : "";
  return { name: words.join(" "), unit };
}
