/** `chaos report`: renders stored runs again, and several of them as a suite. Nothing is judged. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { EXIT, type ExitCode } from "../model/verdict.js";
import type { Format } from "../report/write-reports.js";

interface Flags {
  format: readonly Format[];
  output: string;
}

export const reportCommand = (finish: (code: ExitCode) => void): Command =>
  new Command("report")
    .description("render stored runs again; several runs get a page of their suite as well")
    .argument("<runs...>", "directories of runs, for example reports/latest")
    .option("--format <list>", `any of ${NAMES.join(",")}`, formats, NAMES)
    .option("-o, --output <dir>", "directory for the page of a suite", "reports")
    .addHelpText(
      "after",
      "\nA run's own reports are written beside its run.json; suite.html, suite.json and a junit.xml of" +
        "\nall runs into the output directory, whose index.jsonl tells of earlier runs." +
        "\n\nExample:\n  chaos report reports/runs/*/* --format html,junit",
    )
    .action(async (runs: string[], flags: Flags) => {
      await report(runs, flags);
      finish(EXIT.pass);
    });

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

async function report(paths: readonly string[], { format, output }: Flags): Promise<void> {
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
  const { writeSuitePage } = await import("../report/write-suite-page.js");
  const reportsDir = resolve(output);
  await mkdir(reportsDir, { recursive: true });
  const pages = (["html", "json"] as const).filter((one) => format.includes(one));
  tell(await writeSuitePage(reportsDir, runs, await readIndex(reportsDir), pages));
  if (!format.includes("junit")) return;
  await writeFile(join(reportsDir, "junit.xml"), junitXml(runs));
  tell([join(reportsDir, "junit.xml")]);
}
