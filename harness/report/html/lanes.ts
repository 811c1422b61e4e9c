/**
 * Pods' lives as lanes under the charts: an SVG whose horizontal measures are percent of the shown
 * time.
 */
import type { RunRecord } from "../../model/run-record.js";
import { clockZeroMs, formatClock } from "../format.js";
import type { PodLife, PodState, ReportSeries } from "../series.js";
import { html, type Html } from "./escape.js";
import { table } from "./parts.js";

const LANE_HEIGHT = 34;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * data-from and data-to, in ms of the run's clock, let the page's script move everything when it
 * zooms.
 */
export function podLanes(record: RunRecord, series: ReportSeries): Html {
  const pods = series.pods.filter(({ tier }) => tier !== "observer");
  const zeroMs = clockZeroMs(record);
  const shown: Span = {
    fromMs: series.startMs,
    toMs: series.startMs + series.buckets * series.bucketMs,
  };
  const height = LANE_HEIGHT * (pods.length + 1);
  const rect = (span: Span, y: number, h: number, name: string): Html => {
    const { x, width } = place(span, shown);
    return html`<rect
      class="${name}"
      data-from="${span.fromMs - zeroMs}"
      data-to="${span.toMs - zeroMs}"
      x="${x}%"
      width="${width}%"
      y="${y}"
      height="${h}"
    />`;
  };
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
        aria-label="Phases of the run and lives of ${pods.length} pods; the table below holds the same"
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
        ${record.faults.map(
          ({ injectedAtMs, healedAtMs }) =>
            injectedAtMs !== null &&
            rect({ fromMs: injectedAtMs, toMs: healedAtMs ?? shown.toMs }, 0, height, "fault"),
        )}
        ${phases(record, rect)}
        ${pods.map((pod, index) => lane(pod, LANE_HEIGHT * (index + 1), rect))}
      </svg>
    </div>
    <details>
      <summary>Pods as a table</summary>
      ${podTable(pods, zeroMs)}
    </details>
  </figure>`;
}

type Rect = (span: Span, y: number, height: number, name: string) => Html;

const phases = (record: RunRecord, rect: Rect): Html => {
  const zeroMs = clockZeroMs(record);
  const visible = record.phases.filter(({ phase }) =>
    ["calibrate", "load", "heal", "quiesce"].includes(phase),
  );
  return html`${visible.map(
    ({ phase, startMs, endMs }) =>
      html`${rect({ fromMs: startMs, toMs: endMs }, 16, 10, `phase ${phase}`)}
        <text class="moves" data-from="${startMs - zeroMs}" data-to="${endMs - zeroMs}" y="11"
          >${phase}</text
        >`,
  )}`;
};

function lane(pod: PodLife, y: number, rect: Rect): Html {
  return html`<text y="${y + 11}"
      >${pod.pod}
      <tspan class="soft"
        >${pod.node} ${pod.ip}${pod.restarts > 0 && ` restarts ${String(pod.restarts)}`}</tspan
      ></text
    >
    ${pod.states.map(({ atMs, state }, index) =>
      rect(
        { fromMs: atMs, toMs: pod.states[index + 1]?.atMs ?? pod.endMs },
        y + 16,
        10,
        `pod ${pod.tier} ${state}`,
      ),
    )}
    ${pod.deleted && rect({ fromMs: pod.endMs, toMs: pod.endMs }, y + 12, 18, "gone")}`;
}

/** Percent of the shown time; what lies outside is cut off. */
function place({ fromMs, toMs }: Span, shown: Span): { x: string; width: string } {
  const percent = (ms: number): number =>
    (100 * (Math.min(Math.max(ms, shown.fromMs), shown.toMs) - shown.fromMs)) /
    (shown.toMs - shown.fromMs);
  return {
    x: percent(fromMs).toFixed(3),
    width: (percent(toMs) - percent(fromMs)).toFixed(3),
  };
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
