/** What GitHub Actions shows of a suite: annotations on the scenario files and the step summary. */
import { appendFile, stat } from "node:fs/promises";
import type { Verdict } from "../model/verdict.js";
import { suiteRunSummary } from "./markdown.js";
import type { BrokenRun, JudgedRun, SuiteRun } from "./suite-run.js";
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
  return runs
    .filter(({ run }) => needsAttention(run))
    .sort((a, b) => rank(a.run) - rank(b.run))
    .slice(0, MAX_ANNOTATIONS)
    .map(({ run, scenarioFile }) => {
      const { level, title, lines } = run.kind === "judged" ? judged(run) : broken(run);
      const where = `file=${property(scenarioFile)},title=${property(title)}`;
      return `::${level} ${where}::${data(lines.join("\n"))}`;
    });
}

const RANK: Record<Verdict, number> = { fail: 0, inconclusive: 2, pass: 3 };
const rank = (run: SuiteRun): number => (run.kind === "broken" ? 1 : RANK[run.record.verdict]);

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
 * Writes annotations to `print` and appends each run's summary to the step summary when the
 * environment is that of GitHub Actions; else does nothing.
 */
export async function reportToGitHub(
  runs: readonly GitHubRun[],
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<void> {
  if (env["GITHUB_ACTIONS"] !== "true") return;
  for (const line of githubAnnotations(runs)) print(line);
  const path = env["GITHUB_STEP_SUMMARY"];
  if (path !== undefined && path !== "") await appendSummaries(runs, path);
}

async function appendSummaries(runs: readonly GitHubRun[], path: string): Promise<void> {
  const written = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  const notice = (left: number): string => `\n${String(left)} more: see the reports directory.\n`;
  let room = MAX_SUMMARY_BYTES - written - Buffer.byteLength(notice(runs.length));
  let text = "";
  for (const [index, { run }] of runs.entries()) {
    const block = `${suiteRunSummary(run)}\n`;
    room -= Buffer.byteLength(block);
    if (room < 0) {
      text += notice(runs.length - index);
      break;
    }
    text += block;
  }
  await appendFile(path, text);
}

const data = (raw: string): string =>
  raw.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (raw: string): string => data(raw).replaceAll(":", "%3A").replaceAll(",", "%2C");
