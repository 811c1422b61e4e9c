/** `chaos list`: the scenarios, without a cluster. */
import { Command } from "commander";
import { formatDuration, minutes } from "../model/durations.js";
import { describeFault } from "../model/fault.js";
import { expectationOf } from "../mocha/select.js";
import { isControl, type Scenario } from "../model/scenario.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { outputColumns, wrap } from "../report/terminal-summary.js";
import { selectRuns } from "./select.js";
import { addOptions, settle, type Surroundings } from "./settings.js";

export const listCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("list"), "list")
    .description("list scenarios (all of them, or a suite)")
    .argument("[names...]", "scenarios by name")
    .addHelpText("after", "\nExample:\n  chaos list --suite smoke --json")
    .action(async (names: string[], _: unknown, command: Command) => {
      const { settings } = await settle(command, around);
      const { scenarios } = await selectRuns(names, settings, "all");
      process.stdout.write(listText(scenarios, settings.json));
      finish(EXIT.pass);
    });

/** The scenarios as a table for people or as JSON for programs. */
export const listText = (scenarios: readonly Scenario[], json: boolean): string =>
  json ? toJson(scenarios) : toTable(scenarios, outputColumns());

/** Load and the waits around it; provisioning, shared by a suite, is not in it. */
const estimatedMs = (scenario: Scenario): number =>
  (scenario.calibration.minTraces / scenario.workload.tracesPerSecond) * 1_000 +
  scenario.loadMs +
  150_000;

const LEAST_ROOM = 20;
/** What a scenario is under that names no other deployment. */
const OWN = "corrected";

/** A line each; on a terminal of so many columns, what does not fit goes on under the description. */
export function toTable(scenarios: readonly Scenario[], columns = Infinity): string {
  if (scenarios.length === 0) return "no scenario matches\n";
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines = scenarios.flatMap((scenario) => {
    const tags = scenario.tags.map((tag) => `@${tag}`).join(" ");
    const about = `about ${formatDuration(estimatedMs(scenario))}`;
    const on = scenario.deployment === OWN ? "" : `, on ${scenario.deployment}`;
    const must = isControl(scenario) ? `; ${expectationOf(scenario)}` : "";
    const room = Math.max(LEAST_ROOM, columns - width - 2);
    const told = wrap(`${scenario.description} [${about}${on}${must}] ${tags}`, room);
    return told.map((line, n) => `${(n === 0 ? scenario.name : "").padEnd(width)}  ${line}`);
  });
  return `${lines.join("\n")}\n`;
}

const toJson = (scenarios: readonly Scenario[]): string =>
  `${JSON.stringify(
    scenarios.map((scenario) => ({
      name: scenario.name,
      description: scenario.description,
      tags: scenario.tags,
      deployment: scenario.deployment,
      estimatedMinutes: Math.ceil(estimatedMs(scenario) / minutes(1)),
      control: isControl(scenario),
      faults: scenario.faults.map(({ atMs, fault }) => ({ atMs, fault: describeFault(fault) })),
      invariants: scenario.invariants.map(({ kind }) => kind),
    })),
    null,
    2,
  )}\n`;
