/**
 * Pods' lives as lanes under the charts: an SVG whose horizontal measures are percent of the shown
 * time.
 */
import type { RunRecord } from "../../model/run-record.js";
import { faultSpan } from "../fault-spans.js";
import { clockZeroMs, formatClock } from "../format.js";
import type { PodLife, PodState, ReportSeries } from "../series.js";
import { html, type Html } from "./escape.js";
import { table } from "./parts.js";

const LANE_HEIGHT = 34;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The lanes of every phase and pod but the observers', and the same as a table. */
export function podLanes(record: RunRecord, series: ReportSeries): Html {
  const pods = series.pods.filter(({ tier }) => tier !== "observer");
  const zeroMs = clockZeroMs(record);
  const shown: Span = {
    fromMs: series.startMs,
    toMs: series.startMs + series.buckets * series.bucketMs,
  };
  const draw = pencil(shown, zeroMs);
  const height = LANE_HEIGHT * (pods.length + 1);
  const faults = record.faults.map((fault) => {
    const span = faultSpan(fault, series);
    if (span === undefined) return false;
    return draw.bar({ fromMs: span.fromMs, toMs: span.toMs ?? shown.toMs }, 0, height, "fault");
  });
  return html`<figure class="lanes">
    <figcaption>Phases and pods</figcaption>
    <p class="keys">
      <span class="key ready"></span>ready <span class="key not-ready"></span>not ready
      <span class="key terminating"></span>terminating <span class="ended">✗</span> gone
    </p>
    <div class="plot">
      <svg
        id="lanes"
        width="100%"
        height="${height}"
        role="img"
        aria-label="Phases of the run and lives of ${pods.length} pods; a table below holds them"
      >
        <defs>
          <pattern
            id="hatch"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect class="hatch-ground" width="6" height="6" />
            <rect class="hatch-line" width="2" height="6" />
          </pattern>
        </defs>
        ${faults} ${phases(record, draw)}
        ${pods.map((pod, index) => lane(pod, LANE_HEIGHT * (index + 1), draw))}
      </svg>
    </div>
    <details>
      <summary>Pods as a table</summary>
      ${podTable(pods, zeroMs)}
    </details>
  </figure>`;
}

/** Draws at a time. data-from and data-to, in ms of the run's clock, let the page's script zoom. */
interface Pencil {
  bar(span: Span, y: number, height: number, name: string): Html;
  text(span: Span, y: number, name: string, text: string): Html;
}

function pencil(shown: Span, zeroMs: number): Pencil {
  const percent = (ms: number): number => {
    const inside = Math.min(Math.max(ms, shown.fromMs), shown.toMs);
    return (100 * (inside - shown.fromMs)) / (shown.toMs - shown.fromMs);
  };
  const at = ({ fromMs, toMs }: Span): Html =>
    html`data-from="${fromMs - zeroMs}" data-to="${toMs - zeroMs}"
    x="${percent(fromMs).toFixed(3)}%"`;
  return {
    bar: (span, y, height, name) => {
      const width = (percent(span.toMs) - percent(span.fromMs)).toFixed(3);
      return html`<rect
        ${at(span)}
        class="${name}"
        width="${width}%"
        y="${y}"
        height="${height}"
      />`;
    },
    text: (span, y, name, text) => html`<text ${at(span)} class="${name}" y="${y}">${text}</text>`,
  };
}

/** The phases with traffic or its consequences; the others lie before or after the charts. */
const SHOWN_PHASES: readonly string[] = ["calibrate", "load", "heal", "quiesce"];

const phases = (record: RunRecord, draw: Pencil): readonly Html[] =>
  record.phases
    .filter(({ phase }) => SHOWN_PHASES.includes(phase))
    .flatMap(({ phase, startMs, endMs }) => {
      const span = { fromMs: startMs, toMs: endMs };
      return [draw.bar(span, 16, 10, `phase ${phase}`), draw.text(span, 11, "label", phase)];
    });

function lane(pod: PodLife, y: number, draw: Pencil): Html {
  const restarts = pod.restarts > 0 ? ` restarts ${String(pod.restarts)}` : "";
  const about = `${pod.node} ${pod.ip}${restarts}`;
  const states = pod.states.map(({ atMs, state }, index) => {
    const toMs = pod.states[index + 1]?.atMs ?? pod.endMs;
    return draw.bar({ fromMs: atMs, toMs }, y + 16, 10, `pod ${state}`);
  });
  const gone = { fromMs: pod.endMs, toMs: pod.endMs };
  return html`<text y="${y + 11}">${pod.pod} <tspan class="soft">${about}</tspan></text> ${states}
    ${pod.deleted && draw.text(gone, y + 25, "gone", "✗")}`;
}

const STATE_WORD: Record<PodState, string> = {
  ready: "ready",
  "not-ready": "not ready",
  terminating: "terminating",
};

function podTable(pods: readonly PodLife[], zeroMs: number): Html {
  return table(
    "Pods",
    [
      { title: "Pod" },
      { title: "Node" },
      { title: "Address" },
      { title: "UID" },
      { title: "States" },
      { title: "Restarts", numeric: true },
    ],
    pods.map((pod) => [
      pod.pod,
      pod.node,
      pod.ip,
      html`<code>${pod.uid}</code>`,
      [
        ...pod.states.map(
          ({ atMs, state }) => `${formatClock(atMs - zeroMs)} ${STATE_WORD[state]}`,
        ),
        ...(pod.deleted ? [`${formatClock(pod.endMs - zeroMs)} gone`] : []),
      ].join(", "),
      pod.restarts,
    ]),
  );
}
