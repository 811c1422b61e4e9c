/** What earlier runs of each scenario came to: a strip of verdicts, two trends, and the same as a table. */
import { formatDuration } from "../../model/durations.js";
import { formatCount, formatShare, formatUtc } from "../format.js";
import { STRIP_LENGTH, type ScenarioPast } from "../suite.js";
import { VERDICT_MARK, VERDICT_WORD } from "../verdict-words.js";
import { html, type Html } from "./escape.js";
import type { Section } from "./page.js";
import { table } from "./parts.js";

type PastRun = ScenarioPast["runs"][number];

export const pastSection = (past: readonly ScenarioPast[]): Section => ({
  id: "past",
  title: "History",
  lead:
    `The last ${String(STRIP_LENGTH)} runs of each scenario in this reports directory, oldest first. ` +
    "Flaky: runs of one commit, from a clean tree, with the same load and faults, had different verdicts.",
  body: html`${past.map(scenarioPast)}`,
});

/** One scenario: the strip, the trends, and the same as a table. */
export const scenarioPast = ({ scenario, deployment, runs, flaky }: ScenarioPast): Html =>
  html`<div class="past">
    <div>
      <h3>${scenario}${deployment !== undefined && html` <small>on ${deployment}</small>`}</h3>
      ${flaky.map(
        ({ commit, counts }) =>
          html`<p>
            <span class="flag">flaky</span> ${Object.entries(counts)
              .map(([word, n]) => `${formatCount(n)} ${word}`)
              .join(", ")}
            at <code>${commit.slice(0, 12)}</code>
          </p>`,
      )}
    </div>
    <ol class="strip" aria-label="Verdicts of ${scenario}, oldest first">
      ${runs.map(
        (run) =>
          html`<li class="${run.counts}" title="${VERDICT_WORD[run.verdict]} ${run.runId}">
            <span aria-hidden="true">${VERDICT_MARK[run.counts]}</span
            ><span class="hidden">${VERDICT_WORD[run.counts]}</span>
          </li>`,
      )}
    </ol>
    ${trend("Explained loss", runs.map(lossShare), (value) => formatShare(value, 1))}
    ${trend(
      "Recovery",
      runs.map(({ recoveryMs }) => recoveryMs),
      formatDuration,
    )}
    <details>
      <summary>These runs as a table</summary>
      ${runsTable(scenario, runs)}
    </details>
  </div>`;

const lossShare = ({ expected, lostExplained }: PastRun): number | null =>
  expected === null || expected === 0 ? null : lostExplained / expected;

/** A line through the runs that have a value, from 0 to the largest one; nothing without any. */
function trend(
  title: string,
  values: readonly (number | null)[],
  words: (value: number) => string,
): Html {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const last = known.at(-1);
  if (last === undefined)
    return html`<figure class="trend"><figcaption>${title}: –</figcaption></figure>`;
  const most = Math.max(...known.map(({ value }) => value));
  const x = (index: number): string =>
    (values.length === 1 ? 100 : (100 * index) / (values.length - 1)).toFixed(2);
  const y = (value: number): string => (most === 0 ? 30 : 30 - (28 * value) / most).toFixed(2);
  const points = known.map(({ value, index }) => `${x(index)},${y(value)}`).join(" ");
  const about = `${title}: last ${words(last.value)}, most ${words(most)}`;
  if (known.length === 1) {
    return html`<figure class="trend">
      <figcaption>${title}: ${words(last.value)}</figcaption>
    </figure>`;
  }
  return html`<figure class="trend">
    <figcaption>${about}</figcaption>
    <svg
      viewBox="0 0 100 32"
      width="100%"
      height="32"
      preserveAspectRatio="none"
      role="img"
      aria-label="${about}; the table below holds it"
    >
      <line class="base" x1="0" x2="100" y1="31" y2="31" vector-effect="non-scaling-stroke" />
      <polyline points="${points}" />
    </svg>
  </figure>`;
}

const runsTable = (scenario: string, runs: readonly PastRun[]): Html =>
  table(
    `Runs of ${scenario}`,
    [
      { title: "Run" },
      { title: "Started" },
      { title: "Verdict" },
      { title: "Commit" },
      { title: "Unexplained", numeric: true },
      { title: "Explained", numeric: true },
      { title: "Recovery", numeric: true },
    ],
    runs.map((run) => [
      html`<code>${run.runId}</code>`,
      formatUtc(run.startedAt),
      `${VERDICT_WORD[run.verdict]}${run.verdict === run.counts ? "" : " (found out)"}`,
      html`<code>${run.commit.slice(0, 12)}</code>`,
      formatCount(run.lostUnexplained),
      formatCount(run.lostExplained),
      run.recoveryMs === null ? "–" : formatDuration(run.recoveryMs),
    ]),
  );
