/** `chaos mutate`: plants known defects in a recorded history; the judge must find every one. */
import { join } from "node:path";
import { Command } from "commander";
import { EXIT, type ExitCode } from "../model/verdict.js";

export const mutateCommand = (finish: (code: ExitCode) => void): Command =>
  new Command("mutate")
    .description("prove the judge: plant known defects in a recorded run, one at a time")
    .argument("[run]", "directory of a passing gateway-kill run", "reports/latest")
    .addHelpText(
      "after",
      "\nExample:\n  chaos mutate reports/runs/gateway-kill/20260101T120000Z-42",
    )
    .action(async (run: string) => {
      const { runMutations, text } = await import("../mutations/run-mutations.js");
      const outcomes = await runMutations(
        join(run, "history"),
        ({ says, caught, expected, seen }) => {
          const wrong = caught ? "" : `  expected: ${text(expected)}`;
          process.stdout.write(`${caught ? "✓" : "✗"} ${says}: ${text(seen)}${wrong}\n`);
        },
      );
      const missed = outcomes.filter(({ caught }) => !caught).length;
      const caught = `${String(outcomes.length - missed)} of ${String(outcomes.length)}`;
      process.stdout.write(
        `\n${caught} defects caught by exactly the invariants that they touch\n`,
      );
      finish(missed === 0 ? EXIT.pass : EXIT.fail);
    });
