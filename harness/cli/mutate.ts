/** `chaos mutate`: plants known defects in a recorded history; the judge must find every one. */
import { join } from "node:path";
import { Command } from "commander";
import { EXIT, verdictList, type ExitCode } from "../model/verdict.js";
import { addOptions, LATEST, outputDirectory, type Surroundings } from "./settings.js";

export const mutateCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("mutate"), "mutate")
    .description("prove the judge: plant known defects in a recorded run, one at a time")
    .argument("[run]", `directory of a passing gateway-kill run ${LATEST}`)
    .addHelpText(
      "after",
      "\nExample:\n  chaos mutate reports/runs/gateway-kill/20260101T120000Z-42",
    )
    .action(async (given: string | undefined, _: unknown, command: Command) => {
      const run = given ?? join(await outputDirectory(command, around), "latest");
      const { runMutations } = await import("../mutations/run-mutations.js");
      const { keepPlantedDefects } = await import("../run/keep-planted-defects.js");
      const outcomes = await runMutations(
        join(run, "history"),
        ({ says, caught, expected, seen }) => {
          const wrong = caught ? "" : `  expected: ${verdictList(expected)}`;
          process.stdout.write(`${caught ? "✓" : "✗"} ${says}: ${verdictList(seen)}${wrong}\n`);
        },
      );
      await keepPlantedDefects(run, outcomes);
      const missed = outcomes.filter(({ caught }) => !caught).length;
      const caught = `${String(outcomes.length - missed)} of ${String(outcomes.length)}`;
      process.stdout.write(
        `\n${caught} defects caught by exactly the invariants that they touch; ` +
          `the table is in ${join(run, "report.html")}\n`,
      );
      finish(missed === 0 ? EXIT.pass : EXIT.fail);
    });
