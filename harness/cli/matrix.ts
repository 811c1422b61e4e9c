/** `chaos matrix`: scenarios by deployment in one table, from the runs on record and those that are still missing. */
import { randomBytes } from "node:crypto";
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import { HarnessError, messageOf, UsageError } from "../model/errors.js";
import { describeFault } from "../model/fault.js";
import { runIdOf } from "../model/ids.js";
import { deploymentText } from "../model/scenario.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { newestRun, type Asked } from "../report/matrix.js";
import { readIndex } from "../report/index-file.js";
import { outputColumns } from "../report/terminal-summary.js";
import { askedCells, type AskedCell, type AskedRun, type Column } from "./matrix-cells.js";
import type { Settings } from "./options-table.js";
import { describe, leftOver } from "./run.js";
import { collectorImagesOf, deploymentOf } from "./run-target.js";
import { select, type Selection } from "./select.js";
import { addOptions, settle, type Surroundings } from "./settings.js";
import { writeSuitePlan } from "./suite-plan.js";
import { terminalMode } from "./terminal-mode.js";

export const matrixCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("matrix"), "matrix")
    .description("what each deployment guarantees, under which fault: runs what is missing")
    .argument("[names...]", "scenarios by name; the smoke suite when nothing selects any")
    .addHelpText(
      "after",
      "\nA run counts whatever made it, when scenario, load, faults, deployment, collector and --strict are\n" +
        "the same. The table is printed, and written as matrix.html, matrix.md and matrix.json.\n" +
        "\nExamples:\n  chaos matrix --suite nightly --deployments corrected,graceful,current\n" +
        "  chaos matrix gateway-kill --deployments at-least-once --strict\n" +
        "  chaos matrix --suite nightly --deployments corrected,graceful --from-reports\n" +
        "  chaos matrix gateway-terminate --deployments current --collector-version 0.160.0,0.161.0",
    )
    .action(async (names: string[], _: unknown, command: Command) => {
      const { settings } = await settle(command, around);
      // A matrix compares deployments, not clusters: it makes its own, whatever a file or the environment says.
      finish(await matrix(names, { ...settings, context: undefined }, around));
    });

async function matrix(
  names: readonly string[],
  settings: Settings,
  around: Surroundings,
): Promise<ExitCode> {
  const given = settings.deployments;
  if (given === undefined) {
    throw new UsageError("matrix: give --deployments, for example corrected,graceful,current");
  }
  const columns: Column[] = [];
  for (const one of given) {
    const deployment = await deploymentOf(one, around.cwd, "--deployments");
    const images = collectorImagesOf(settings)?.map((collectorImage) => ({ collectorImage }));
    columns.push(...(images ?? [{}]).map((image) => ({ deployment, ...image })));
  }
  const selection = select(names, settings);
  const seed = settings.seed ?? BigInt(randomBytes(4).readUInt32BE());
  const rows = await askedCells(selection.scenarios, columns, { settings, seed });
  const reportsDir = resolve(settings.output);
  const index = await readIndex(reportsDir);
  const missing = rows
    .flat()
    .flatMap((cell) =>
      cell.asked.kind === "run" && newestRun(cell.asked, index, settings.strict) === undefined
        ? [cell as AskedRun]
        : [],
    );
  if (settings.dryRun) {
    return describe(
      missing.map(({ planned }) => planned),
      { ...settings, collectorImage: undefined },
    );
  }
  let code: ExitCode = EXIT.pass;
  let broke: Error | undefined;
  if (!settings.fromReports && missing.length > 0) {
    try {
      code = await runMissing(missing, selection, settings, around);
    } catch (thrown) {
      broke = thrown instanceof Error ? thrown : new HarnessError(messageOf(thrown));
    }
  }
  const tried = new Set<AskedCell>(settings.fromReports ? [] : missing);
  await tell(selection, columns, settings, (cell) => withTrouble(cell, tried, broke), rows);
  if (broke !== undefined) throw broke;
  return code;
}

/** What a cell says that was tried and is still without a run. */
function withTrouble(
  cell: AskedCell,
  tried: ReadonlySet<AskedCell>,
  broke: Error | undefined,
): Asked {
  const { asked } = cell;
  if (asked.kind === "none" || !tried.has(cell)) return asked;
  return { ...asked, trouble: `not run: ${broke?.message ?? "it was broken off"}` };
}

/** As one suite, each run with the deployment that it is asked for. */
async function runMissing(
  missing: readonly AskedRun[],
  selection: Selection,
  settings: Settings,
  { env }: Surroundings,
): Promise<ExitCode> {
  const { seed } = missing[0]?.planned ?? { seed: 0n };
  const suite = missing.length > 1 ? runIdOf(new Date(), seed) : undefined;
  const { strict, faults, audit, load, output } = settings;
  const withoutCollector = { ...settings, collectorImage: undefined };
  if (suite !== undefined) {
    await writeSuitePlan(resolve(output), {
      ...{ suite, controls: selection.controls, strict, faults, audit },
      runs: missing.map(({ planned }) => planned),
      ...(load === undefined ? {} : { loadSeconds: load }),
    });
  }
  const { perform } = await import("./perform.js");
  return perform({
    ...selection,
    suite,
    left: missing.map(({ planned }, at) => leftOver(planned, at + 1, suite, withoutCollector)),
    finished: [],
    settings: withoutCollector,
    terminal: terminalMode(settings, env),
  });
}

/** Prints the table and writes its files. */
async function tell(
  { scenarios }: Selection,
  columns: readonly Column[],
  settings: Settings,
  asked: (cell: AskedCell) => Asked,
  rows: readonly (readonly AskedCell[])[],
): Promise<void> {
  const { matrixOf } = await import("../report/matrix.js");
  const { matrixText } = await import("../report/matrix-text.js");
  const { writeMatrix } = await import("../report/write-matrix.js");
  const reportsDir = resolve(settings.output);
  const input = {
    createdAt: new Date(),
    strict: settings.strict,
    deployments: columns.map(deploymentText),
    rows: scenarios.map(({ name, faults }, row) => ({
      scenario: name,
      faults: faults.map(({ fault }) => describeFault(fault)),
      cells: (rows[row] ?? []).map(asked),
    })),
  };
  const index = await readIndex(reportsDir);
  const made = matrixOf(input, index, (dir) => join(dir, "report.html"));
  const written = await writeMatrix(reportsDir, made);
  process.stdout.write(
    settings.json ? `${JSON.stringify(made, null, 2)}\n` : matrixText(made, outputColumns()),
  );
  process.stderr.write(
    `matrix    ${written.map((path) => relative(process.cwd(), path)).join(", ")}\n`,
  );
}
