/** `chaos sweep`: removes what earlier runs of ours left behind, by label only. */
import { Command } from "commander";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { addOptions, settle, type Surroundings } from "./settings.js";
import { progressOf, terminalMode } from "./terminal-mode.js";

interface Flags {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

export const sweepCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("sweep"), "sweep")
    .description("delete clusters of ours that are expired or whose owner is gone")
    .option("--all", "also those that are kept or in use")
    .option("--dry-run", "only say what would be deleted")
    .addHelpText("after", "\nExample:\n  chaos sweep --dry-run")
    .action(async ({ all = false, dryRun = false }: Flags, command: Command) => {
      const { settings } = await settle(command, around);
      const { sweep } = await import("../cluster/sweep.js");
      const progress = progressOf(terminalMode(settings, around.env));
      try {
        const swept = await sweep({ all, dryRun, progress });
        const none = dryRun ? "nothing would be deleted" : "nothing to delete";
        if (swept.length === 0) progress.event(none);
      } finally {
        progress.close();
      }
      finish(EXIT.pass);
    });
