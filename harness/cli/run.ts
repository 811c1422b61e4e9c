/** `chaos run`: scenarios on a real cluster, judged and reported. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { UsageError } from "../model/errors.js";
import { parseSeed } from "../model/ids.js";
import type { Scenario } from "../model/scenario.js";
import { EXIT, type ExitCode } from "../model/verdict.js";
import type { RunOptions } from "../run/options.js";
import { toTable } from "./list.js";
import { select } from "./select.js";
import { clusterName, imageMode, IMAGE_MODES, registryAddress } from "./values.js";

interface Flags {
  suite?: string;
  grep?: string;
  list?: boolean;
  dryRun?: boolean;
  seed?: string;
  strict?: boolean;
  faults: boolean;
  audit?: boolean;
  clusterName: string;
  keepCluster?: boolean;
  reuseCluster?: string;
  images: (typeof IMAGE_MODES)[number];
  registryMirror?: string;
  reporter: string;
  output: string;
}

export const runCommand = (finish: (code: ExitCode) => void): Command =>
  new Command("run")
    .description("run scenarios on a real kind cluster and judge them")
    .argument(
      "[names...]",
      "scenarios by name; the smoke suite when neither name nor suite is given",
    )
    .option("--suite <name>", "smoke, nightly, release, controls or all")
    .option("-g, --grep <regex>", "only what matches, as in mocha: name, @tags, invariant")
    .option("--list", "list what would run, without a cluster")
    .option("--dry-run", "print the plan of each run, without a cluster")
    .option(
      "--seed <n>",
      "fixes the plan: IDs, times, targets (a seed constrains, it does not replay)",
    )
    .option("--strict", "explained loss fails too")
    .option("--no-faults", "the same load without its faults: must pass")
    .option("--audit", "gateways also send all to an audit: where a loss was is seen, not inferred")
    .option("--cluster-name <name>", "name of the kind cluster", clusterName, "agw-chaos")
    .option("--keep-cluster", "leave the cluster running afterwards")
    .option("--reuse-cluster <name>", "use a kept cluster instead of making one", clusterName)
    .addOption(
      new Option("--images <mode>", `where images come from: ${IMAGE_MODES.join(", ")}`)
        .argParser(imageMode)
        .default("auto"),
    )
    .option(
      "--registry-mirror <host:port>",
      "registry that mirrors the upstream names",
      registryAddress,
    )
    .option("--reporter <name>", "mocha reporter", "spec")
    .option("-o, --output <dir>", "directory for reports", "reports")
    .addHelpText("after", "\nExample:\n  chaos run gateway-kill --seed 42 --keep-cluster")
    .action(async (names: string[], flags: Flags) => {
      finish(await run(names, flags));
    });

async function run(names: readonly string[], flags: Flags): Promise<ExitCode> {
  const selection = select(names, flags);
  const options = toOptions(flags);
  if (flags.list === true) {
    process.stdout.write(toTable(selection.scenarios));
    return EXIT.pass;
  }
  const scenarios = selection.scenarios
    .map((scenario) => (flags.faults ? scenario : withoutFaults(scenario)))
    .map((scenario) => (flags.audit === true ? { ...scenario, audit: true } : scenario));
  if (flags.dryRun === true) {
    const { describePlans } = await import("../run/describe-plan.js");
    for await (const text of describePlans(scenarios, options)) process.stdout.write(text);
    return EXIT.pass;
  }
  const { perform } = await import("./perform.js");
  return perform({ ...selection, scenarios }, options, flags.reporter);
}

function toOptions(flags: Flags): RunOptions {
  if (flags.reuseCluster !== undefined && flags.keepCluster === true) {
    throw new UsageError(
      "--keep-cluster: a cluster given by --reuse-cluster is always kept; drop one",
    );
  }
  const seed = flags.seed === undefined ? randomBytes(4).readUInt32BE() : parseSeed(flags.seed);
  return {
    clusterName: flags.reuseCluster ?? flags.clusterName,
    reuseCluster: flags.reuseCluster !== undefined,
    keepCluster: flags.keepCluster === true || flags.reuseCluster !== undefined,
    images: flags.images,
    registryMirror: flags.registryMirror,
    seed: BigInt(seed),
    strict: flags.strict ?? false,
    reportsDir: resolve(flags.output),
    rerunCommand: (name) =>
      [
        `npx chaos run ${name} --seed ${String(seed)}`,
        ...(flags.strict === true ? ["--strict"] : []),
        ...(flags.faults ? [] : ["--no-faults"]),
        ...(flags.audit === true ? ["--audit"] : []),
        ...(flags.images === "auto" ? [] : [`--images ${flags.images}`]),
        ...(flags.registryMirror === undefined
          ? []
          : [`--registry-mirror ${flags.registryMirror}`]),
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
