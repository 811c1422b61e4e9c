/** `chaos config`: what every option is set to, and by what. */
import { Command } from "commander";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { environmentName, optionEntries } from "./options-table.js";
import { addOptions, settle, type Settled, type Surroundings } from "./settings.js";

export const configCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("config"), "run")
    .description("show what every option is set to and where that is said")
    .option("--show", "print each value with its source (the default)")
    .addHelpText(
      "after",
      "\nA flag is stronger than a CHAOS_… name of the environment, which is stronger than\n" +
        "chaos.config.yaml or chaos.config.ts of the working directory.\n" +
        "\nExample:\n  CHAOS_IMAGES=build chaos config --show",
    )
    .action(async (_: unknown, command: Command) => {
      const settled = await settle(command, around);
      process.stdout.write(command.opts()["json"] === true ? toJson(settled) : toTable(settled));
      finish(EXIT.pass);
    });

const shownEntries = optionEntries.filter(([, spec]) => spec.commandLineOnly !== true);

/** `images  build  CHAOS_IMAGES`, a line each. */
function toTable({ settings, sources }: Settled): string {
  const rows = shownEntries.map(([key]) => [key, valueText(settings[key]), sources[key].name]);
  const width = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const [key, value] = [width(0), width(1)];
  const line = ([a = "", b = "", c = ""]: string[]): string =>
    `${a.padEnd(key)}  ${b.padEnd(value)}  ${c}\n`;
  return rows.map(line).join("");
}

const toJson = ({ settings, sources }: Settled): string =>
  `${JSON.stringify(
    shownEntries.map(([key]) => ({
      key,
      environment: environmentName(key),
      value: plain(settings[key]) ?? null,
      source: sources[key].name,
    })),
    null,
    2,
  )}\n`;

const plain = (value: unknown): unknown => {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null || !("when" in value)) return value;
  return value.when;
};

function valueText(value: unknown): string {
  const shown = plain(value);
  if (shown === undefined) return "-";
  return typeof shown === "string" ? shown : JSON.stringify(shown);
}
