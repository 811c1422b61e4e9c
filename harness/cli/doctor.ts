/** `chaos doctor`: what this host lacks, and the fix of each. */
import { Command } from "commander";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { imageMode, IMAGE_MODES } from "./values.js";

export const doctorCommand = (finish: (code: ExitCode) => void): Command =>
  new Command("doctor")
    .description("check what a run needs of this host")
    .option(
      "--images <mode>",
      `where images come from: ${IMAGE_MODES.join(", ")}`,
      imageMode,
      "auto",
    )
    .addHelpText("after", "\nExample:\n  chaos doctor --images build")
    .action(async (options: { images: (typeof IMAGE_MODES)[number] }) => {
      const { checkHost } = await import("kind-node");
      const problems = await checkHost({ mode: options.images });
      for (const { problem, fix } of problems) {
        process.stdout.write(`✗ ${problem}\n  fix: ${fix}\n`);
      }
      if (problems.length === 0) process.stdout.write("✓ this host has all that a run needs\n");
      finish(problems.length === 0 ? EXIT.pass : EXIT.broken);
    });
