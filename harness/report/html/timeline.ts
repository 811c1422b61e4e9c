/** The timeline: faults, charts that share one axis, and the lives of the pods beneath them. */
import { formatDuration } from "../../model/durations.js";
import type { RunRecord } from "../../model/run-record.js";
import { ITEM_NAME, SIGNALS } from "../../model/signal.js";
import { faultSpan, type FaultSpan } from "../fault-spans.js";
import { clockZeroMs, formatClock, formatUtc } from "../format.js";
import type { ReportSeries } from "../series.js";
import { html, jsonBlock, type Content, type Html } from "./escape.js";
import { podLanes } from "./lanes.js";
import type { Section } from "./page.js";
import { table } from "./parts.js";
import { steadyState } from "./steady-state.js";

export function timelineSection(record: RunRecord, series: ReportSeries | undefined): Section {
  const zero = formatUtc(new Date(clockZeroMs(record)).toISOString());
  return {
    id: "timeline",
    title: "Timeline",
    lead: `Times count in minutes and seconds from the first send at ${zero}.`,
    body: html`${faults(record, series)}
    ${
      series === undefined
        ? html`<p class="empty">The history was not available, so there are no charts.</p>`
        : charts(record, series)
    }`,
  };
}

function faults(record: RunRecord, series: ReportSeries | undefined): Html {
  if (record.faults.length === 0) return html`<p class="empty">No fault was scheduled.</p>`;
  const zeroMs = clockZeroMs(record);
  const clock = (ms: number | null): string => (ms === null ? "–" : formatClock(ms - zeroMs));
  const over = (span: FaultSpan | undefined): Content =>
    span === undefined || span.toMs === null
      ? "–"
      : html`${clock(span.toMs)}<br /><small>${formatDuration(span.toMs - span.fromMs)}</small>`;
  return table(
    "Faults",
    [
      { title: "Fault" },
      { title: "Target" },
      { title: "Injected", numeric: true },
      { title: "Over", numeric: true },
      { title: "Proof" },
    ],
    record.faults.map((fault) => [
      html`#${fault.index + 1} <strong>${fault.description}</strong>`,
      fault.targets.map(
        (target, index) => html`${index > 0 && html`<br />`}<code>${target.name}</code>`,
      ),
      clock(fault.injectedAtMs),
      over(faultSpan(fault, series)),
      html`${fault.proven ? "✓ proven" : html`<strong class="alarm">? not proven</strong>`}<br /><small
          >${fault.proof}</small
        >`,
    ]),
    "stacks",
  );
}

/** A button for one fault, a choice of several. */
function faultZoom({ faults: all }: RunRecord): Html {
  const struck = all.filter(({ injectedAtMs }) => injectedAtMs !== null);
  if (struck.length === 0) return html``;
  if (struck.length === 1) {
    return html`<button type="button" data-zoom="fault">Around the fault</button>`;
  }
  return html`<select id="fault-zoom" aria-label="Zoom to a fault">
    <option value="">Around a fault …</option>
    ${struck.map(
      ({ index, description }) =>
        html`<option value="${index}">#${index + 1} ${description}</option>`,
    )}
  </select>`;
}

const charts = (record: RunRecord, series: ReportSeries): Html =>
  html` <div class="toolbar" id="timeline-tools" hidden>
      <fieldset>
        <legend>Signal</legend>
        ${SIGNALS.map(
          (signal, index) =>
            html`<label
              ><input type="radio" name="signal" value="${signal}" ${index === 0 && "checked"} />
              ${ITEM_NAME[signal].many}</label
            >`,
        )}
      </fieldset>
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" data-zoom="in">Zoom in</button>
        <button type="button" data-zoom="out">Zoom out</button>
        <button type="button" data-zoom="left" aria-label="Earlier">←</button>
        <button type="button" data-zoom="right" aria-label="Later">→</button>
        ${faultZoom(record)}
        <button type="button" data-zoom="all">Whole run</button>
      </div>
    </div>
    <p class="note">
      Shaded: a fault, from its injection until the gateways were as many as before, else until it
      was healed. Dotted lines: the set of gateways changed. Drag across a chart to zoom,
      double-click for the whole run.
    </p>
    <div id="charts"></div>
    <noscript><p class="empty">The charts need JavaScript.</p></noscript>
    ${podLanes(record, series)} ${steadyState(record, series)}
    ${jsonBlock("series-data", {
      zeroMs: clockZeroMs(record),
      startMs: series.startMs,
      bucketMs: series.bucketMs,
      buckets: series.buckets,
      signals: series.signals,
      gatewaySets: series.gatewaySets,
      traces: series.traces,
      faults: record.faults.flatMap((fault) => {
        const span = faultSpan(fault, series);
        return span === undefined
          ? []
          : [{ index: fault.index, description: fault.description, ...span }];
      }),
      itemNames: ITEM_NAME,
    })}`;
