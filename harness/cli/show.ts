/** `chaos show`: where the report of a run is; opens it where there is a desktop. */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { Command } from "commander";
import { messageOf, UsageError } from "../model/errors.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { addOptions, LATEST, outputDirectory, type Surroundings } from "./settings.js";

export const showCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("show"), "show")
    .description("print the path of a run's report; open it when on a desktop")
    .argument("[run]", `directory of a run, or of reports with a suite.html ${LATEST}`)
    .option("--no-open", "only print the path")
    .addHelpText("after", "\nExample:\n  chaos show reports/runs/gateway-kill/20260101T120000Z-42")
    .action(async (given: string | undefined, { open }: { open: boolean }, command: Command) => {
      const run = given ?? join(await outputDirectory(command, around), "latest");
      const path = ["report.html", "suite.html"]
        .map((name) => join(run, name))
        .find((candidate) => existsSync(candidate));
      if (path === undefined) {
        const fix = existsSync(join(run, "run.json"))
          ? `chaos report ${run} writes it`
          : "give the directory of a run";
        throw new UsageError(`${run}: no report.html there; ${fix}`);
      }
      process.stdout.write(`${relative(process.cwd(), path)}\n`);
      if (open && onDesktop()) await openFile(path);
      finish(EXIT.pass);
    });

/** Somebody sits there: a display, and a terminal that is nobody's pipe. */
const onDesktop = (): boolean =>
  process.stdout.isTTY &&
  process.env["CI"] === undefined &&
  (process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"] ?? "") !== "";

/** The path is printed already, so a desktop that cannot open it costs a line, not the command. */
async function openFile(path: string): Promise<void> {
  const { execa } = await import("execa");
  try {
    await execa("xdg-open", [path], { stdio: "ignore", timeout: 10_000 });
  } catch (thrown) {
    process.stderr.write(`xdg-open did not open it: ${messageOf(thrown).split("\n")[0] ?? ""}\n`);
  }
}
