/** What GitHub Actions shows of a suite: annotations on the scenario files and the step summary. */
import { appendFile, stat } from "node:fs/promises";
import type { RunRecord } from "../model/run-record.js";
import type { Verdict } from "../model/verdict.js";
import { markdownSummary } from "./markdown.js";
import { causeOf, controlResult, VERDICT_WORD } from "./verdict-words.js";

/** GitHub shows ten annotations of a kind for a step; the rest of the step may need two. */
export const MAX_ANNOTATIONS = 8;
/** GitHub refuses a step summary above 1 MiB. */
export const MAX_SUMMARY_BYTES = 900_000;

export interface GitHubRun {
  readonly record: RunRecord;
  /** From the root of the repository: `scenarios/gateway-kill.ts`. */
  readonly scenarioFile: string;
}

/** Workflow commands, one a line, worst first; empty when every run did what it must. */
export function githubAnnotations(runs: readonly GitHubRun[]): readonly string[] {
  const worst: Record<Verdict, number> = { fail: 0, inconclusive: 1, pass: 2 };
  return runs
    .filter(needsAttention)
    .sort((a, b) => worst[a.record.verdict] - worst[b.record.verdict])
    .slice(0, MAX_ANNOTATIONS)
    .map(({ record, scenarioFile }) => {
      const control = controlResult(record);
      const title = `${VERDICT_WORD[record.verdict]} ${record.scenario.name}`;
      const message = [control?.text, causeOf(record), `Repeat: ${record.command}`]
        .filter((line) => line !== undefined)
        .join("\n");
      const level =
        record.verdict === "inconclusive" && control === undefined ? "warning" : "error";
      const where = `file=${property(scenarioFile)},title=${property(title)}`;
      return `::${level} ${where}::${data(message)}`;
    });
}

function needsAttention({ record }: GitHubRun): boolean {
  const control = controlResult(record);
  return control === undefined ? record.verdict !== "pass" : !control.met;
}

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
  for (const [index, { record }] of runs.entries()) {
    const block = `${markdownSummary(record)}\n`;
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
