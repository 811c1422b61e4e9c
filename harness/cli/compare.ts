/** `chaos compare`: two stored runs of one scenario, or one and its baseline. */
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { UsageError } from "../model/errors.js";
import { addOptions, outputDirectory, type Surroundings } from "./settings.js";
import type { RunRecord } from "../model/run-record.js";
import { EXIT, type ExitCode } from "../model/verdict.js";

const FORMATS = ["terminal", "markdown", "json"] as const;

interface Flags {
  baseline?: boolean;
  failOnRegression?: boolean;
  format: (typeof FORMATS)[number];
}

export const compareCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("compare"), "compare")
    .description(
      "compare two stored runs of a scenario: verdict, loss, duplicates, recovery, latency",
    )
    .argument("<runs...>", "base and candidate; with --baseline the candidate alone")
    .option("--baseline", "base: the newest run that passed on another commit, from index.jsonl")
    .option("--fail-on-regression", "exit 1 when worse than the noise, 2 when nobody can say")
    .addOption(new Option("--format <name>", "how").choices(FORMATS).default("terminal"))
    .addHelpText(
      "after",
      "\nThe noise is that of the last 20 runs that passed with the same load and faults, at least 5." +
        "\n\nExample:\n  chaos compare reports/latest --baseline --fail-on-regression",
    )
    .action(async (runs: string[], flags: Flags, command: Command) => {
      finish(await compareRuns(runs, flags, await outputDirectory(command, around)));
    });

async function compareRuns(
  paths: readonly string[],
  flags: Flags,
  output: string,
): Promise<ExitCode> {
  const { readStoredRun } = await import("../run/stored-run.js");
  const { compare, Comparison } = await import("../report/compare.js");
  const { comparisonMarkdown, comparisonText } = await import("../report/compare-text.js");
  const { readIndex } = await import("../report/index-file.js");
  const { baselineOf } = await import("../report/earlier-runs.js");
  const wanted = flags.baseline === true ? 1 : 2;
  if (paths.length !== wanted) {
    const fix =
      wanted === 1 ? "give the candidate alone" : "give base and candidate, or --baseline";
    throw new UsageError(`compare: ${String(paths.length)} runs given: ${fix}`);
  }
  const reportsDir = resolve(output);
  const index = await readIndex(reportsDir);
  const records: RunRecord[] = [];
  for (const path of paths) records.push((await readStoredRun(path)).record);
  const candidate = records.at(-1);
  if (candidate === undefined) throw new UsageError("compare: give the directory of a run");
  if (records.length === 2 && records[0]?.runId === candidate.runId) {
    throw new UsageError(
      `compare: ${candidate.runId} is both base and candidate; give another run`,
    );
  }
  const base =
    records.length === 2 ? records[0] : await baselineOf(candidate, { reportsDir, index });
  if (base === undefined) {
    throw new UsageError(
      `--baseline: no run of ${candidate.scenario.name} that passed with this load on another commit is in ` +
        `${join(reportsDir, "index.jsonl")} and on disk; name the base instead`,
    );
  }
  const comparison = Comparison.parse(compare(base, candidate, index));
  const text = {
    terminal: comparisonText,
    markdown: comparisonMarkdown,
    json: (value: typeof comparison) => `${JSON.stringify(value, null, 2)}\n`,
  }[flags.format](comparison);
  process.stdout.write(text);
  if (flags.failOnRegression !== true) return EXIT.pass;
  return { "no regression": EXIT.pass, regression: EXIT.fail, undecided: EXIT.inconclusive }[
    comparison.result
  ];
}
