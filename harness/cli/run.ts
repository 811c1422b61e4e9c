/** `chaos run`: scenarios on a real cluster, judged and reported. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { Command } from "commander";
import { UsageError } from "../model/errors.js";
import { runIdOf } from "../model/ids.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import { titleFilter } from "../mocha/select.js";
import { demandOwner, withinReach } from "./borrowed.js";
import { listText } from "./list.js";
import type { Settings } from "./options-table.js";
import { loadSeconds, overrideScenario } from "./override-scenario.js";
import type { Job } from "./perform.js";
import { MOST_REPETITIONS, planRuns, withEach, type PlannedRun } from "./planned-runs.js";
import { runOptions } from "./run-options.js";
import { collectorImagesOf, deploymentOf, type WithCollector } from "./run-target.js";
import { selectRuns, type Selection } from "./select.js";
import { addOptions, settle, type Surroundings } from "./settings.js";
import { readUnfinishedSuite, writeSuitePlan } from "./suite-plan.js";
import { terminalMode } from "./terminal-mode.js";

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
        "\nExamples:\n  chaos run gateway-kill --seed 42 --keep-cluster=on-failure\n" +
        "  chaos run --tag nightly --repeat 3 --bail\n" +
        "  chaos run random --seed 7 --minutes 15\n" +
        "  chaos run gateway-kill --deployment deploy/overlays/production --strict",
    )
    .action(async (names: string[], _: unknown, command: Command) => {
      finish(await act(names, command, around));
    });

/** `chaos dry-run`: what `chaos run` would do with the same words. */
export const dryRunCommand = (finish: (code: ExitCode) => void, around: Surroundings): Command =>
  addOptions(new Command("dry-run"), "run")
    .description("print the plan of each run: classes, faults, invariants; as chaos run --dry-run")
    .argument("[names...]", "scenarios by name, as for chaos run")
    .addHelpText("after", "\nExample:\n  chaos dry-run gateway-kill --seed 42")
    .action(async (names: string[], _: unknown, command: Command) => {
      finish(await act(names, command, around, { dryRun: true }));
    });

/** Settles the options, but for what is `given`, and runs, resumes, lists or describes. */
async function act(
  names: readonly string[],
  command: Command,
  around: Surroundings,
  given: Partial<Pick<Settings, "dryRun">> = {},
): Promise<ExitCode> {
  const settled = await settle(command, around);
  const settings: Targeted = { ...(await targeted(settled.settings, around)), ...given };
  return settings.resume === undefined
    ? run(names, settings, around)
    : resume(names, settings.resume, settings, around);
}

type Targeted = WithCollector & {
  /** Each in its turn; none for as the manifests say. */
  readonly collectorImages: readonly string[];
};

/** The settings with what several options say said in one, and paths made whole. */
async function targeted(settings: Settings, { cwd }: Surroundings): Promise<Targeted> {
  const collectorImages = collectorImagesOf(settings) ?? [];
  return {
    ...settings,
    load: loadSeconds(settings),
    collectorImage: collectorImages.length === 1 ? collectorImages[0] : undefined,
    collectorImages,
    deployment: settings.deployment && (await deploymentOf(settings.deployment, cwd)),
  };
}

async function run(
  names: readonly string[],
  settings: Targeted,
  { env }: Surroundings,
): Promise<ExitCode> {
  const selection = await selectRuns(names, settings);
  if (settings.list) {
    process.stdout.write(listText(selection.scenarios, settings.json));
    return EXIT.pass;
  }
  const seed = settings.seed ?? BigInt(randomBytes(4).readUInt32BE());
  const rounds = settings.untilFail && settings.repeat === 1 ? MOST_REPETITIONS : settings.repeat;
  const scenarios = withinReach(
    selection.scenarios.map((scenario) => overrideScenario(scenario, settings)),
    settings,
    { named: names.length > 0, tell: (line) => void process.stderr.write(`${line}\n`) },
  );
  const planned = withEach(settings.collectorImages, planRuns(scenarios, seed, rounds));
  if (settings.dryRun) return describe(planned, settings);
  demandOwner(settings);
  if (planned.length === 0) {
    process.stderr.write("nothing to run: no scenario matches\n");
    return EXIT.pass;
  }
  const suite = planned.length > 1 ? runIdOf(new Date(), seed) : undefined;
  if (suite !== undefined) await keepPlan(suite, planned, selection, settings);
  const { perform } = await import("./perform.js");
  return perform({
    ...selection,
    suite,
    left: planned.map((one, index) => leftOver(one, index + 1, suite, settings)),
    finished: [],
    settings,
    terminal: terminalMode(settings, env),
  });
}

/** Prints the plan of each run. */
export async function describe(
  planned: readonly PlannedRun[],
  settings: WithCollector,
): Promise<ExitCode> {
  const { describePlans } = await import("../run/describe-plan.js");
  const runs = planned.map((one) => ({
    scenario: one.scenario,
    options: runOptions(ofRun(one, settings), one.seed),
  }));
  for await (const text of describePlans(runs)) process.stdout.write(text);
  return EXIT.pass;
}

const keepPlan = (
  suite: string,
  runs: readonly PlannedRun[],
  { controls }: Selection,
  {
    strict,
    faults,
    audit,
    load,
    deployment,
    collectorImage,
    grep,
    grepInvert,
    output,
  }: WithCollector,
): Promise<void> =>
  writeSuitePlan(resolve(output), {
    ...{ suite, controls, strict, faults, audit, runs },
    ...(load === undefined ? {} : { loadSeconds: load }),
    ...(deployment === undefined ? {} : { deployment }),
    ...(collectorImage === undefined ? {} : { collectorImage }),
    ...(grep === undefined ? {} : { grep }),
    ...(grepInvert === undefined ? {} : { grepInvert }),
  });

/** With the target of this run, where the runs of one plan differ in that. */
const ofRun = (
  { deployment, collectorImage }: PlannedRun,
  settings: WithCollector,
): WithCollector => ({
  ...settings,
  deployment: deployment ?? settings.deployment,
  collectorImage: collectorImage ?? settings.collectorImage,
});

export function leftOver(
  planned: PlannedRun,
  suiteRun: number,
  suite: string | undefined,
  settings: WithCollector,
): Job["left"][number] {
  const options = runOptions(ofRun(planned, settings), planned.seed);
  const place = suite === undefined ? undefined : { suite, suiteRun };
  return { planned, options: { ...options, place } };
}

/** Goes on with a suite at its first unfinished run: what shapes the runs is as the suite began. */
async function resume(
  names: readonly string[],
  given: string,
  settings: WithCollector,
  { env }: Surroundings,
): Promise<ExitCode> {
  if (names.length > 0) {
    throw new UsageError(`--resume ${given}: the suite says what is run; drop ${names.join(" ")}`);
  }
  const { plan, finished, left } = await readUnfinishedSuite(resolve(settings.output), given);
  const { suite, strict, faults, audit, loadSeconds: load, grep, grepInvert, controls } = plan;
  const { deployment, collectorImage } = plan;
  const asBegun = { ...settings, strict, faults, audit, load, deployment, collectorImage };
  if (settings.list) {
    const scenarios = left.map(({ planned }) => planned.scenario);
    process.stdout.write(listText(scenarios, settings.json));
    return EXIT.pass;
  }
  if (settings.dryRun) {
    return describe(
      left.map(({ planned }) => planned),
      asBegun,
    );
  }
  const { perform } = await import("./perform.js");
  return perform({
    left: left.map(({ planned, position }) => leftOver(planned, position, suite, asBegun)),
    finished,
    suite,
    controls,
    shows: titleFilter(grep, grepInvert),
    settings: asBegun,
    terminal: terminalMode(settings, env),
  });
}
