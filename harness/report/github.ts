/** What GitHub Actions shows of a suite: annotations on the scenario files and the step summary. */
import { appendFile, stat } from "node:fs/promises";
import type { Verdict } from "../model/verdict.js";
import { suiteRunSummary } from "./markdown.js";
import { suiteMarkdown } from "./suite-markdown.js";
import type { BrokenRun, JudgedRun, SuiteRun } from "./suite-run.js";
import type { SuiteRecord } from "./suite.js";
import { causeOf, controlResult, needsAttention, VERDICT_WORD } from "./verdict-words.js";

/** GitHub shows ten annotations of a kind for a step; the rest of the step may need two. */
export const MAX_ANNOTATIONS = 8;
/** GitHub refuses a step summary above 1 MiB. */
export const MAX_SUMMARY_BYTES = 900_000;

export interface GitHubRun {
  readonly run: SuiteRun;
  /** From the root of the repository: `scenarios/gateway-kill.ts`. */
  readonly scenarioFile: string;
}

/** Workflow commands, one a line, worst first; empty when every run did what it must. */
export function githubAnnotations(runs: readonly GitHubRun[]): readonly string[] {
  return worstFirst(runs)
    .filter(({ run }) => needsAttention(run))
    .slice(0, MAX_ANNOTATIONS)
    .map(({ run, scenarioFile }) => {
      const { level, title, lines } = run.kind === "judged" ? judged(run) : broken(run);
      const where = `file=${property(scenarioFile)},title=${property(title)}`;
      return `::${level} ${where}::${data(lines.join("\n"))}`;
    });
}

const RANK: Record<Verdict, number> = { fail: 0, inconclusive: 2, pass: 3 };
/** A control that was not found out is a failure, whatever its verdict. */
function rank(run: SuiteRun): number {
  if (run.kind === "broken") return 1;
  const control = controlResult(run.record);
  if (control === undefined) return RANK[run.record.verdict];
  return control.met ? RANK.pass : RANK.fail;
}

const worstFirst = (runs: readonly GitHubRun[]): readonly GitHubRun[] =>
  [...runs].sort((a, b) => rank(a.run) - rank(b.run));

interface Annotation {
  readonly level: "error" | "warning";
  readonly title: string;
  readonly lines: readonly string[];
}

function judged({ record }: JudgedRun): Annotation {
  const control = controlResult(record);
  return {
    level: record.verdict === "inconclusive" && control === undefined ? "warning" : "error",
    title: `${VERDICT_WORD[record.verdict]} ${record.scenario.name}`,
    lines: [
      ...(control === undefined ? [] : [control.text]),
      causeOf(record),
      `Repeat: ${record.command}`,
    ],
  };
}

const broken = (run: BrokenRun): Annotation => ({
  level: "error",
  title: `BROKEN ${run.scenario}`,
  lines: [
    run.message,
    ...(run.fix === undefined ? [] : [`Fix: ${run.fix}`]),
    `Repeat: ${run.command}`,
  ],
});

/**
 * Writes annotations to `print` and appends the overview of all runs and each run's summary, worst first, to the
 * step summary when the environment is that of GitHub Actions; else does nothing.
 */
export async function reportToGitHub(
  runs: readonly GitHubRun[],
  overview: SuiteRecord,
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<void> {
  if (env["GITHUB_ACTIONS"] !== "true") return;
  for (const line of githubAnnotations(runs)) print(line);
  const path = env["GITHUB_STEP_SUMMARY"];
  if (path !== undefined && path !== "") await appendSummaries(runs, overview, path);
}

async function appendSummaries(
  runs: readonly GitHubRun[],
  overview: SuiteRecord,
  path: string,
): Promise<void> {
  const written = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  const notice = (left: number): string => `\n${String(left)} more: see the reports directory.\n`;
  let room = MAX_SUMMARY_BYTES - written - Buffer.byteLength(notice(runs.length));
  let text = "";
  const summaries = worstFirst(runs).map(({ run }) => suiteRunSummary(run));
  // The overview is left out like any other block where there is no room for it.
  for (const [index, summary] of [suiteMarkdown(overview), ...summaries].entries()) {
    const block = `${summary}\n`;
    room -= Buffer.byteLength(block);
    if (room < 0) {
      text += notice(summaries.length - Math.max(0, index - 1));
      break;
    }
    text += block;
  }
  await appendFile(path, text);
}

const data = (raw: string): string =>
  raw.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (raw: string): string => data(raw).replaceAll(":", "%3A").replaceAll(",", "%2C");
