/** `chaos sweep`: removes what earlier runs of ours left behind, by label only. */
import { Command } from "commander";
import { EXIT, type ExitCode } from "../model/verdict.js";

export const sweepCommand = (finish: (code: ExitCode) => void): Command =>
  new Command("sweep")
    .description("delete clusters of ours that are expired or whose owner is gone")
    .option("--all", "also those that are kept or in use")
    .option("--dry-run", "only say what would be deleted")
    .addHelpText("after", "\nExample:\n  chaos sweep --dry-run")
    .action(async (options: { all?: boolean; dryRun?: boolean }) => {
      const { sweep } = await import("../cluster/sweep.js");
      const { terminalProgress } = await import("../report/terminal.js");
      const progress = terminalProgress();
      try {
        await sweep({ all: options.all ?? false, dryRun: options.dryRun ?? false, progress });
      } finally {
        progress.close();
      }
      finish(EXIT.pass);
    });
