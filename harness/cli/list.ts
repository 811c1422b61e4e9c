/** `chaos list`: the scenarios, without a cluster. */
import { Command } from "commander";
import { formatDuration } from "../model/durations.js";
import { expectationOf } from "../mocha/select.js";
import { isControl, type Scenario } from "../model/scenario.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { select } from "./select.js";

export const listCommand = (finish: (code: ExitCode) => void): Command =>
  new Command("list")
    .description("list scenarios (all of them, or a suite)")
    .argument("[names...]", "scenarios by name")
    .option("--suite <name>", "only this suite")
    .option("-g, --grep <regex>", "only what matches, as in mocha")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  chaos list --suite smoke")
    .action((names: string[], options: { suite?: string; grep?: string; json?: boolean }) => {
      const { scenarios } = select(names, { suite: "all", ...options });
      process.stdout.write(options.json === true ? toJson(scenarios) : toTable(scenarios));
      finish(EXIT.pass);
    });

/** Load and the waits around it; provisioning, shared by a suite, is not in it. */
const estimatedMs = (scenario: Scenario): number =>
  (scenario.calibration.minTraces / scenario.workload.tracesPerSecond) * 1_000 +
  scenario.loadMs +
  150_000;

export function toTable(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines = scenarios.map((scenario) => {
    const tags = scenario.tags.map((tag) => `@${tag}`).join(" ");
    const about = `about ${formatDuration(estimatedMs(scenario))}`;
    const must = isControl(scenario) ? `; ${expectationOf(scenario)}` : "";
    return `${scenario.name.padEnd(width)}  ${scenario.description}  [${about}${must}] ${tags}`;
  });
  return `${lines.join("\n")}\n`;
}

const toJson = (scenarios: readonly Scenario[]): string =>
  `${JSON.stringify(
    scenarios.map((scenario) => ({ ...scenario, estimatedMs: estimatedMs(scenario) })),
    null,
    2,
  )}\n`;
