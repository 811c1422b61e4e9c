/** suite.md: the runs of a command for an issue, a pull request or a step summary, what needs attention first. */
import { formatDuration } from "../model/durations.js";
import type { Verdict } from "../model/verdict.js";
import { formatCount, formatShare, plural } from "./format.js";
import { code, escape, fence, table } from "./markdown-parts.js";
import { total } from "./measures.js";
import type { ScenarioPast, SuiteEntry, SuiteRecord } from "./suite.js";
import { BROKEN, CONTROL_WORD, VERDICT_MARK, VERDICT_WORD } from "./verdict-words.js";

const RUNS = { one: "chaos run", many: "chaos runs" };
/** Heights of a trend that is written in a line of text, from nothing to the most. */
const HEIGHTS = "▁▂▃▄▅▆▇█";

/** Ends in a newline. Paths of reports are those of the record: from where suite.md lies. */
export function suiteMarkdown(suite: SuiteRecord): string {
  const runs = worstFirst(suite.runs);
  const good = runs.filter(isGood).length;
  const word = suite.verdict === "broken" ? BROKEN : marked(suite.verdict);
  const blocks = [
    `## ${word}: ${formatCount(good)} of ${plural(runs.length, RUNS)} did what they must`,
    counts(suite),
    table(
      [
        "",
        "Scenario",
        "What was seen",
        "Unexplained",
        "Explained",
        "Recovery",
        "Last runs",
        "Report",
      ],
      runs.map((run) => rowOf(run, suite.past)),
    ),
    "Last runs: verdicts and, below them, the share of explained loss, oldest first.",
    ...repeats(runs),
  ];
  return `${blocks.join("\n\n")}\n`;
}

const isGood = (run: SuiteEntry): boolean => run.kind === "judged" && run.counts === "pass";
const marked = (verdict: Verdict): string => `${VERDICT_MARK[verdict]} ${VERDICT_WORD[verdict]}`;

const RANK: Record<Verdict, number> = { fail: 0, inconclusive: 2, pass: 3 };
const rankOf = (run: SuiteEntry): number => (run.kind === "broken" ? 1 : RANK[run.counts]);

/** Failures, then what broke, then what is inconclusive; equal ones stay in their order. */
const worstFirst = (runs: SuiteRecord["runs"]): SuiteRecord["runs"] =>
  [...runs].sort((a, b) => rankOf(a) - rankOf(b));

/** `1 failed, 1 broke, 5 passed. Flaky: gateway-kill. Commit c0ffee000000.` */
function counts({ runs, past }: SuiteRecord): string {
  const words = ["failed", "broke", "inconclusive", "passed"].flatMap((word, rank) => {
    const n = runs.filter((run) => rankOf(run) === rank).length;
    return n === 0 ? [] : [`${formatCount(n)} ${word}`];
  });
  const flaky = past.filter((one) => one.flaky.length > 0).map(({ scenario }) => code(scenario));
  const commits = new Set(
    runs.flatMap((run) =>
      run.kind === "judged"
        ? [code(run.commit.slice(0, 12) + (run.dirty ? " + changes" : ""))]
        : [],
    ),
  );
  return [
    `${words.join(", ")}.`,
    ...(flaky.length === 0 ? [] : [`Flaky: ${flaky.join(", ")}.`]),
    ...(commits.size === 0 ? [] : [`Commit ${[...commits].join(", ")}.`]),
  ].join(" ");
}

function rowOf(run: SuiteEntry, past: readonly ScenarioPast[]): readonly string[] {
  const own = past.find((one) => isPastOf(one, run));
  const flaky = (own?.flaky.length ?? 0) > 0 ? " **flaky**" : "";
  const name = code(run.scenario) + flaky;
  const last = own === undefined ? "" : lastRuns(own);
  if (run.kind === "broken") {
    return [BROKEN, name, escape(run.headline), "–", "–", "–", last, "–"];
  }
  const { measures } = run;
  const unexplained = total(measures, "lostUnexplained");
  const lost = total(measures, "lostExplained");
  return [
    run.control === true
      ? `${CONTROL_WORD[run.counts === "pass" ? "pass" : "fail"]} (${VERDICT_WORD[run.verdict]})`
      : marked(run.verdict),
    name,
    escape(run.headline),
    unexplained === 0 || isGood(run) ? formatCount(unexplained) : `**${formatCount(unexplained)}**`,
    `${formatCount(lost)} (${formatShare(lost, total(measures, "expected"))})`,
    measures.recoveryMs === null ? "–" : formatDuration(measures.recoveryMs),
    last,
    code(run.report),
  ];
}

const isPastOf = ({ scenario, deployment }: ScenarioPast, run: SuiteEntry): boolean =>
  scenario === run.scenario &&
  (deployment === undefined || run.kind !== "judged" || deployment === run.deployment);

/** `✓✓✗✓` over `▁▁▂█`. */
const lastRuns = ({ runs }: ScenarioPast): string =>
  [
    code(runs.map(({ counts: one }) => VERDICT_MARK[one]).join("")),
    code(
      sparkline(
        runs.map(({ expected, lostExplained }) =>
          expected === null || expected === 0 ? null : lostExplained / expected,
        ),
      ),
    ),
  ].join("<br>");

/** A character a value, from 0 to the largest one; a middle dot where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const most = Math.max(...values.map((value) => value ?? 0));
  const top = HEIGHTS.length - 1;
  return values
    .map((value) => {
      if (value === null) return "·";
      // Anything that is not nothing stands above the ground.
      const height = most === 0 || value === 0 ? 0 : Math.max(1, Math.round((top * value) / most));
      return HEIGHTS.charAt(height);
    })
    .join("");
}

/** The commands of the runs that need attention, each once. */
function repeats(runs: SuiteRecord["runs"]): string[] {
  const commands = runs.flatMap((run) =>
    isGood(run) || run.command === undefined ? [] : [run.command],
  );
  if (commands.length === 0) return [];
  return ["### Repeat", fence([...new Set(commands)].join("\n"))];
}
