/** `chaos run`: scenarios on a real cluster, judged and reported. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { Command } from "commander";
import type { Scenario } from "../model/scenario.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import type { RunOptions } from "../run/options.js";
import { listText } from "./list.js";
import type { Settings } from "./options-table.js";
import { select } from "./select.js";
import { addOptions, settle, type Surroundings } from "./settings.js";

export const runCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("run"), "run")
    .description("run scenarios on a real kind cluster and judge them")
    .argument(
      "[names...]",
      "scenarios by name; the smoke suite when neither name, suite, tag nor pattern is given",
    )
    .addHelpText(
      "after",
      "\nEach option that lasts is also a key of chaos.config.yaml and a CHAOS_… name of the\n" +
        "environment: chaos config shows them.\n" +
        "\nExample:\n  chaos run gateway-kill --seed 42 --keep-cluster",
    )
    .action(async (names: string[], _: unknown, command: Command) => {
      const { settings } = await settle(command, around);
      finish(await run(names, settings));
    });

async function run(names: readonly string[], settings: Settings): Promise<ExitCode> {
  const selection = select(names, settings);
  if (settings.list) {
    process.stdout.write(listText(selection.scenarios, settings.json));
    return EXIT.pass;
  }
  const options = toOptions(settings);
  const scenarios = selection.scenarios
    .map((scenario) => (settings.faults ? scenario : withoutFaults(scenario)))
    .map((scenario) => (settings.audit ? { ...scenario, audit: true } : scenario));
  if (settings.dryRun) {
    const { describePlans } = await import("../run/describe-plan.js");
    for await (const text of describePlans(scenarios, options)) process.stdout.write(text);
    return EXIT.pass;
  }
  if (scenarios.length === 0) {
    process.stderr.write("nothing to run: no scenario matches\n");
    return EXIT.pass;
  }
  const { perform } = await import("./perform.js");
  return perform({ ...selection, scenarios }, options, settings.reporter);
}

function toOptions(settings: Settings): RunOptions {
  const { strict, faults, audit, images, registryMirror, reuseCluster } = settings;
  const seed = settings.seed ?? BigInt(randomBytes(4).readUInt32BE());
  return {
    clusterName: reuseCluster ?? settings.clusterName,
    reuseCluster: reuseCluster !== undefined,
    keepCluster: settings.keepCluster.when === "always" || reuseCluster !== undefined,
    images,
    registryMirror,
    seed,
    strict,
    reportsDir: resolve(settings.output),
    rerunCommand: (name) =>
      [
        `npx chaos run ${name} --seed ${String(seed)}`,
        ...(strict ? ["--strict"] : []),
        ...(faults ? [] : ["--no-faults"]),
        ...(audit ? ["--audit"] : []),
        ...(images === "auto" ? [] : [`--images ${images}`]),
        ...(registryMirror === undefined ? [] : [`--registry-mirror ${registryMirror}`]),
      ].join(" "),
  };
}

/** The positive control of a scenario: the same load, no fault, no misbehaving backend. */
const withoutFaults = (scenario: Scenario): Scenario => ({
  ...scenario,
  faults: [],
  backends: {},
  expect: { verdict: "pass" },
});
