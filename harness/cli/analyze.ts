/** `chaos analyze`: judges a stored history again, without a cluster. */
import { Command } from "commander";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { addOptions, settle, type Surroundings } from "./settings.js";
import { terminalMode } from "./terminal-mode.js";

export const analyzeCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("analyze"), "analyze")
    .description("judge a stored run again with the current checkers and write its reports anew")
    .argument("<run>", "directory of a run, for example reports/latest")
    .addHelpText("after", "\nExample:\n  chaos analyze reports/latest --strict")
    .action(async (run: string, _: unknown, command: Command) => {
      const { settings, sources } = await settle(command, around);
      const { analyze } = await import("../run/analyze.js");
      const { indexAgain } = await import("../report/index-file.js");
      const { summary } = await import("../report/terminal.js");
      // Unless somebody says, a run stays as strict as it was made.
      const strict = sources.strict.kind === "default" ? undefined : settings.strict;
      const record = await analyze(run, { strict });
      await indexAgain(run, record);
      const colour = terminalMode(settings, around.env).colour.stdout;
      process.stdout.write(summary(record, run, { colour }));
      finish(EXIT[record.verdict]);
    });
