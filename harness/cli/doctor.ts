/** `chaos doctor`: what this host lacks, and the fix of each. */
import { Command } from "commander";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { addOptions, settle, type Surroundings } from "./settings.js";

export const doctorCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("doctor"), "doctor")
    .description("check what a run needs of this host")
    .addHelpText("after", "\nExample:\n  chaos doctor --images build")
    .action(async (_: unknown, command: Command) => {
      const { settings } = await settle(command, around);
      const { checkHost, hostFacts } = await import("kind-node");
      const [facts, problems] = await Promise.all([
        hostFacts(),
        checkHost({ mode: settings.images }),
      ]);
      const width = Math.max(...facts.map(({ what }) => what.length));
      for (const { what, found, fix } of facts) {
        const mark = fix === undefined ? "✓" : "!";
        process.stdout.write(`${mark} ${what.padEnd(width)}  ${found}\n`);
        if (fix !== undefined) process.stdout.write(`  fix: ${fix}\n`);
      }
      for (const { problem, fix } of problems) {
        process.stdout.write(`✗ ${problem}\n  fix: ${fix}\n`);
      }
      if (problems.length === 0) process.stdout.write("✓ this host has all that a run needs\n");
      finish(problems.length === 0 ? EXIT.pass : EXIT.broken);
    });
