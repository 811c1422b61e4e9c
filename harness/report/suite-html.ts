/** suite.html: the runs of a suite on one page, what needs attention first. */
import { formatDuration } from "../model/durations.js";
import { formatCount, formatUtc } from "./format.js";
import { html, type Content, type Html } from "./html/escape.js";
import { page, type Section } from "./html/page.js";
import { badge, controlBadge, factList, table } from "./html/parts.js";
import { pastSection } from "./html/past.js";
import { total } from "./measures.js";
import type { SuiteEntry, SuiteRecord } from "./suite.js";
import { BROKEN, VERDICT_MARK, VERDICT_WORD } from "./verdict-words.js";

/** The file's text; its links to reports are relative. Every string of the record is taken for hostile. */
export function suiteHtml(suite: SuiteRecord): string {
  const word = suite.verdict === "broken" ? "BROKEN" : VERDICT_WORD[suite.verdict];
  return page({
    title: `${word}: ${formatCount(suite.runs.length)} chaos runs`,
    headline: headline(suite, word),
    sections: [runsSection(suite), pastSection(suite.past)],
    source: html`Rendered from the runs’ <code>run.json</code> and <code>index.jsonl</code>, schema
      version ${suite.schemaVersion}.`,
    scripts: false,
  });
}

function headline({ runs, verdict, createdAt, past }: SuiteRecord, word: string): Html {
  const good = runs.filter(isGood).length;
  const flaky = past.filter((one) => one.flaky.length > 0).length;
  const commits = [
    ...new Set(runs.flatMap((run) => (run.kind === "judged" ? [commitOf(run)] : []))),
  ];
  const took = runs.reduce((sum, run) => sum + durationMsOf(run), 0);
  const mark = verdict === "broken" ? "!" : VERDICT_MARK[verdict];
  const facts: readonly (readonly [string, string])[] = [
    ["Runs", formatCount(runs.length)],
    ["Flaky scenarios", formatCount(flaky)],
    [commits.length === 1 ? "Commit" : "Commits", commits.join(", ")],
    ["Took", formatDuration(took)],
    ["Written", formatUtc(createdAt)],
  ];
  return html`<header class="${verdict}">
    <p class="kicker">Chaos suite</p>
    <p class="verdict ${verdict}">
      <span class="mark" aria-hidden="true"><span>${mark}</span></span
      >${word}
    </p>
    <h1>${formatCount(good)} of ${formatCount(runs.length)} runs did what they must</h1>
    ${factList(facts)}
  </header>`;
}

const isGood = (run: SuiteEntry): boolean => run.kind === "judged" && run.counts === "pass";
const durationMsOf = (run: SuiteEntry): number =>
  run.kind === "judged" ? run.measures.durationMs : run.durationMs;
const commitOf = ({ commit, dirty }: { commit: string; dirty: boolean }): string =>
  commit.slice(0, 12) + (dirty ? " + changes" : "");

function runsSection({ runs, past }: SuiteRecord): Section {
  const flaky = past.filter((one) => one.flaky.length > 0);
  const isFlaky = (run: SuiteEntry): boolean =>
    flaky.some(
      ({ scenario, deployment }) =>
        scenario === run.scenario &&
        (deployment === undefined || run.kind !== "judged" || deployment === run.deployment),
    );
  const sorted = [...runs].sort((a, b) => Number(isGood(a)) - Number(isGood(b)));
  return {
    id: "runs",
    title: "Runs",
    lead: "A control is known to be wrong: its run is good when it was found out.",
    body: html`<div class="runs">
      ${table(
        "Runs of the suite",
        [
          { title: "Scenario" },
          { title: "What was seen" },
          { title: "Unexplained", numeric: true },
          { title: "Explained", numeric: true },
          { title: "Duplicates", numeric: true },
          { title: "Recovery", numeric: true },
          { title: "Took", numeric: true },
        ],
        sorted.map((run) => row(run, isFlaky(run))),
        "stacks",
      )}
    </div>`,
  };
}

function row(run: SuiteEntry, flaky: boolean): readonly Content[] {
  const flag = flaky && html` <span class="flag">flaky</span>`;
  if (run.kind === "broken") {
    return [
      html`<span class="badge broken">${BROKEN}</span>${flag}<br />${run.scenario}`,
      html`${run.headline}<small>seed ${run.seed}</small>`,
      ...["–", "–", "–", "–"],
      formatDuration(run.durationMs),
    ];
  }
  const { measures } = run;
  const unexplained = total(measures, "lostUnexplained");
  const about = [
    `seed ${run.seed}`,
    `commit ${commitOf(run)}`,
    ...(run.strict ? ["strict"] : []),
    ...(run.shortened ? ["shortened"] : []),
    ...(run.deployment === undefined ? [] : [run.deployment]),
  ].join(" · ");
  return [
    html`${run.control === true ? controlBadge(isGood(run) ? "pass" : "fail", run.verdict) : badge(run.verdict)}${flag}
      <a href="${relativeLink(run.report)}">${run.scenario}</a>`,
    html`${run.headline}<small>${about}</small>`,
    unexplained === 0 || isGood(run)
      ? formatCount(unexplained)
      : html`<strong class="alarm">${formatCount(unexplained)}</strong>`,
    formatCount(total(measures, "lostExplained")),
    formatCount(total(measures, "duplicated")),
    measures.recoveryMs === null ? "–" : formatDuration(measures.recoveryMs),
    formatDuration(measures.durationMs),
  ];
}

/** Never an address with a scheme, whatever the directory is called. */
export const relativeLink = (path: string): string =>
  `./${path.split("/").map(encodeURIComponent).join("/")}`;
