/** How the system did before the first fault, until the last one was over, and after that. */
import { formatDuration } from "../../model/durations.js";
import type { RunRecord } from "../../model/run-record.js";
import { ITEM_NAME } from "../../model/signal.js";
import { faultSpan } from "../fault-spans.js";
import { formatCount, formatShare } from "../format.js";
import type { ReportSeries, SignalSeries } from "../series.js";
import { html, type Html } from "./escape.js";
import { table } from "./parts.js";

interface Window {
  readonly name: string;
  /** Buckets of the load, from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
}

/** Nothing for a run without a fault: there is no before and after. */
export function steadyState(record: RunRecord, series: ReportSeries): Html {
  const windows = windowsOf(record, series);
  if (windows.length === 0) return html``;
  const { bucketMs } = series;
  const rows = series.signals
    .filter(({ sent }) => sum(sent) > 0)
    .flatMap((signal) => {
      const measures = windows.map((window) => measure(signal, window, bucketMs));
      const { many } = ITEM_NAME[signal.signal];
      return [
        [`${many} sent per second`, ...measures.map((m) => m.rate)],
        [`${many} acknowledged`, ...measures.map((m) => m.acked)],
        [`${many} lost`, ...measures.map((m) => m.lost)],
        [`${many}: slowest p99 of acknowledgement`, ...measures.map((m) => m.ackP99)],
      ];
    });
  const head = windows.map(({ name, first, end }) => ({
    title: `${name} (${formatDuration((end - first) * bucketMs)})`,
    numeric: true,
  }));
  return html`<h3>Before, during and after</h3>
    <p class="note">
      By time of send: what was sent before a fault can still be lost to it, for it waited in the
      gateway that died.
    </p>
    ${table("Before, during and after the fault", [{ title: "Measure" }, ...head], rows)}`;
}

function windowsOf(record: RunRecord, series: ReportSeries): readonly Window[] {
  const faults = record.faults.flatMap((fault) => faultSpan(fault, series) ?? []);
  if (faults.length === 0) return [];
  const totals = Array.from({ length: series.buckets }, (_, bucket) =>
    sum(series.signals.map(({ sent }) => sent[bucket] ?? 0)),
  );
  const first = totals.findIndex((total) => total > 0);
  const end = totals.findLastIndex((total) => total > 0) + 1;
  if (first === -1) return [];
  const bucketAt = (ms: number): number =>
    Math.min(Math.max(Math.round((ms - series.startMs) / series.bucketMs), first), end);
  const from = bucketAt(Math.min(...faults.map(({ fromMs }) => fromMs)));
  const to = bucketAt(Math.max(...faults.map(({ toMs }) => toMs ?? Infinity)));
  return [
    { name: "Before", first, end: from },
    { name: faults.length === 1 ? "Fault" : "Faults", first: from, end: to },
    { name: "After", first: to, end },
  ].filter((window) => window.end > window.first);
}

interface Measure {
  readonly rate: string;
  readonly acked: string;
  readonly lost: string;
  readonly ackP99: string;
}

function measure(signal: SignalSeries, { first, end }: Window, bucketMs: number): Measure {
  const total = (counts: readonly number[]): number => sum(counts.slice(first, end));
  const sent = total(signal.sent);
  const lost = total(signal.lostExplained) + total(signal.lostUnexplained);
  const worst = Math.max(...signal.ackP99Ms.slice(first, end).map((ms) => ms ?? 0));
  return {
    rate: formatCount(Math.round((sent * 10_000) / ((end - first) * bucketMs)) / 10),
    acked: formatShare(total(signal.acked), sent),
    lost: formatShare(lost, sent),
    ackP99: `${formatCount(Math.round(worst * 10) / 10)} ms`,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
