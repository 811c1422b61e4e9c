/** `chaos analyze`: judges a stored history again, without a cluster. */
import { Command } from "commander";
import { EXIT, type ExitCode } from "../model/verdict.js";

export const analyzeCommand = (finish: (code: ExitCode) => void): Command =>
  new Command("analyze")
    .description("judge a stored run again with the current checkers and write its reports anew")
    .argument("<run>", "directory of a run, for example reports/latest")
    .option("--strict", "explained loss fails too")
    .addHelpText("after", "\nExample:\n  chaos analyze reports/latest --strict")
    .action(async (run: string, options: { strict?: boolean }) => {
      const { analyze } = await import("../run/analyze.js");
      const { summary } = await import("../report/terminal.js");
      const record = await analyze(run, { strict: options.strict });
      process.stdout.write(summary(record, run));
      finish(EXIT[record.verdict]);
    });
