/** `chaos report`: renders stored runs again, and several of them as a suite. Nothing is judged. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../model/errors.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { addOptions, outputDirectory, type Surroundings } from "./settings.js";
import type { Format } from "../report/write-reports.js";

interface Flags {
  format: readonly Format[];
  signOff?: string;
  suite: string;
  waivers?: string;
  repetitions: number;
  strict?: boolean;
}

export const reportCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("report"), "report")
    .description("render stored runs again; several runs get a page of their suite as well")
    .argument("[runs...]", "directories of runs, for example reports/latest")
    .addOption(
      new Option("--format <list>", `any of ${NAMES.join(",")}`)
        .argParser(formats)
        .default(NAMES, "all"),
    )
    .option(
      "--sign-off <version>",
      "decide whether a version may be released: signoff/VERSION.html",
    )
    .option("--suite <name>", "sign-off: the scenarios that are required", "release")
    .option("--waivers <file>", "sign-off: YAML that accepts explained loss")
    .option("--repetitions <n>", "sign-off: good runs that each scenario needs", repetitions, 1)
    .option("--strict", "sign-off: only runs that allowed no explained loss")
    .addHelpText(
      "after",
      "\nA run's own reports are written beside its run.json; suite.html, suite.md, suite.json and a" +
        "\njunit.xml of all runs into the output directory, whose index.jsonl tells of earlier runs." +
        "\nA sign-off without runs takes all of the newest run's commit from index.jsonl; exit 1: NOT APPROVED." +
        "\n\nExamples:\n  chaos report reports/runs/*/* --format html,junit" +
        "\n  chaos report --sign-off 1.4.0 --waivers waivers.yaml",
    )
    .action(async (runs: string[], flags: Flags, command: Command) => {
      const output = await outputDirectory(command, around);
      demandSignOffWhole(command);
      if (flags.signOff === undefined) {
        await report(runs, flags.format, output);
        finish(EXIT.pass);
        return;
      }
      const { writeSignOff } = await import("./sign-off.js");
      const { waivers, strict = false } = flags;
      finish(
        await writeSignOff(runs, { ...flags, output, version: flags.signOff, waivers, strict }),
      );
    });

/** Of a flag that has no effect somebody expects one: a sign-off without its waivers, say. */
function demandSignOffWhole(command: Command): void {
  const given = (key: string): boolean => command.getOptionValueSource(key) === "cli";
  if (given("signOff")) {
    if (!given("format")) return;
    throw new UsageError("--format: a sign-off is always HTML and JSON; drop it");
  }
  const idle = ["suite", "waivers", "repetitions", "strict"].find(given);
  if (idle === undefined) return;
  throw new UsageError(`--${idle}: only beside --sign-off; give it, or drop this`);
}

/** Here, not from write-reports.ts: help must not load what renders. */
const NAMES: readonly Format[] = ["json", "junit", "markdown", "prometheus", "html"];

function formats(list: string): readonly Format[] {
  return list.split(",").map((name) => {
    const found = NAMES.find((one) => one === name.trim());
    if (found === undefined) {
      throw new InvalidArgumentError(`"${name}" is none of ${NAMES.join(", ")}.`);
    }
    return found;
  });
}

function repetitions(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1)
    throw new InvalidArgumentError("Give a whole number from 1 on.");
  return n;
}

async function report(
  paths: readonly string[],
  format: readonly Format[],
  output: string,
): Promise<void> {
  if (paths.length === 0) throw new UsageError("report: give the directory of a run");
  const { readStoredRun, readStoredSeries } = await import("../run/stored-run.js");
  const { writeReports } = await import("../report/write-reports.js");
  const tell = (written: readonly string[]): void => {
    for (const path of written) process.stdout.write(`${relative(process.cwd(), path)}\n`);
  };
  const runs = await Promise.all(paths.map(readStoredRun));
  for (const { runDir, record } of runs) {
    const series = format.includes("html") ? await readStoredSeries(runDir) : undefined;
    tell(await writeReports(runDir, record, series, format));
  }
  if (runs.length === 1) return;
  const { readIndex } = await import("../report/index-file.js");
  const { junitXml } = await import("../report/junit.js");
  const { suiteIn, writeSuitePage } = await import("../report/write-suite-page.js");
  const reportsDir = resolve(output);
  await mkdir(reportsDir, { recursive: true });
  const pages = (["html", "markdown", "json"] as const).filter((one) => format.includes(one));
  const suite = suiteIn(reportsDir, runs, await readIndex(reportsDir));
  tell(await writeSuitePage(reportsDir, suite, pages));
  if (!format.includes("junit")) return;
  await writeFile(join(reportsDir, "junit.xml"), junitXml(runs));
  tell([join(reportsDir, "junit.xml")]);
}
