/**
 * Every option that runs and lists have: the one table that flags, CHAOS_… names of the environment, keys
 * of the configuration file, their checks and `chaos config` are made from.
 */
import { IP_FAMILIES } from "kind-node";
import { z } from "zod";
import { suites, type SuiteName } from "../../scenarios/suites.js";
import { NAMESPACE } from "../model/ids.js";
import { LOG_LEVELS } from "../report/terminal.js";
import { MOST_REPETITIONS } from "./planned-runs.js";
import * as values from "./values.js";

/** How text from a shell becomes a value: true or false, as it is, a number, a list by commas. */
export type OptionKind = "flag" | "text" | "number" | "list";
/** Commands with options of the table. */
export type CommandName =
  | "run"
  | "matrix"
  | "list"
  | "doctor"
  | "analyze"
  | "sweep"
  | "check"
  | (typeof ON_REPORTS)[number];

export interface OptionSpec<Schema extends z.ZodType = z.ZodType, Fallback = unknown> {
  /** As in the help: `-g, --grep <regex>`; `--no-…` for what is on by default. */
  readonly flags: string;
  readonly about: string;
  readonly kind: OptionKind;
  readonly schema: Schema;
  /** Completes the sentence "give …". */
  readonly wants: string;
  readonly fallback: Fallback;
  readonly on: readonly CommandName[];
  /** It is about one call, so neither the environment nor a file may say it. */
  readonly commandLineOnly?: true;
  /** It makes sense only beside this one, by key; alone, a flag is a mistake, and what lasts is ignored. */
  readonly needs?: string;
  /** Options that make no sense beside it, by key, and why. */
  readonly excludes?: { readonly keys: readonly string[]; readonly why: string };
}

const option = <Schema extends z.ZodType, const Fallback>(
  spec: OptionSpec<Schema, Fallback>,
): OptionSpec<Schema, Fallback> => spec;

const flag = (
  flags: string,
  about: string,
  rest: Pick<OptionSpec, "on"> &
    Partial<Pick<OptionSpec, "commandLineOnly" | "excludes" | "needs">>,
) =>
  option({
    flags,
    about,
    kind: "flag",
    schema: z.boolean(),
    wants: "true or false",
    fallback: flags.includes("--no-"),
    ...rest,
  });

const SUITES = Object.keys(suites) as SuiteName[];
const PICK = ["run", "list", "matrix"] as const;
const RUN = ["run"] as const;
/** What makes runs. */
const RUNS = ["run", "matrix"] as const;
const TELLING = ["run", "matrix", "sweep"] as const;
const MATRIX = ["matrix"] as const;
const CHECK = ["check"] as const;
/** What reads or writes the directory of reports, and runs nothing. */
const ON_REPORTS = ["report", "compare", "show", "mutate"] as const;
const MOST_LOAD_SECONDS = 24 * 3_600;
const list = z.array(z.string().min(1)).min(1).readonly();
const oneOf = (words: readonly string[]): string => `one of ${words.join(", ")}`;

/** How a cluster of our own is made, named and kept. */
const OF_OUR_OWN = [
  "clusterName",
  "keepCluster",
  "reuseCluster",
  "ipFamily",
  "images",
  "registryMirror",
];

/** What the plan of a suite says already. */
const PLANNED = [
  ...["suite", "tag", "grep", "grepInvert", "lastFailed", "seed", "repeat", "untilFail"],
  ...["strict", "faults", "audit", "load", "minutes"],
  ...["deployment", "collectorImage", "collectorVersion"],
];

/** By key, as the configuration file has it; CHAOS_GREP_INVERT is grepInvert. */
export const OPTIONS = {
  suite: option({
    flags: "--suite <name>",
    about: `${SUITES.slice(0, -1).join(", ")} or ${SUITES.at(-1) ?? ""}`,
    kind: "text",
    schema: z.enum(SUITES),
    wants: oneOf(SUITES),
    fallback: undefined,
    on: PICK,
  }),
  grep: option({
    flags: "-g, --grep <regex>",
    about: "only what matches: name, @tags, invariant; of all scenarios unless some are named",
    kind: "text",
    schema: values.regex,
    wants: "a regular expression; this one is none",
    fallback: undefined,
    on: PICK,
  }),
  grepInvert: option({
    flags: "--grep-invert <regex>",
    about: "only what does not match",
    kind: "text",
    schema: values.regex,
    wants: "a regular expression; this one is none",
    fallback: undefined,
    on: PICK,
  }),
  tag: option({
    flags: "--tag <tag>",
    about: "only scenarios with this tag; given several times, with any of them",
    kind: "list",
    schema: list,
    wants: "one tag or several",
    fallback: undefined,
    on: PICK,
  }),
  passWithNoScenarios: flag("--pass-with-no-scenarios", "selecting nothing is no error", {
    on: PICK,
  }),
  list: flag("--list", "list what would run, without a cluster", {
    on: RUN,
    commandLineOnly: true,
    excludes: { keys: ["dryRun"], why: "one lists, the other plans" },
  }),
  json: flag("--json", "a list or findings as JSON", {
    on: [...PICK, "check"],
    commandLineOnly: true,
  }),
  dryRun: flag("--dry-run", "print the plan of each run, without a cluster", {
    on: RUNS,
    commandLineOnly: true,
  }),
  seed: option({
    flags: "--seed <n>",
    about: "fixes the plan: IDs, times, targets (a seed constrains, it does not replay)",
    kind: "text",
    schema: values.seed,
    wants: "a whole number from 0 to 18446744073709551615, in a file in quotes when it is long",
    fallback: undefined,
    on: RUNS,
  }),
  repeat: option({
    flags: "--repeat <n>",
    about: "run everything n times, each time with a seed of its own that --seed leads to",
    kind: "number",
    schema: z.number().int().min(1).max(MOST_REPETITIONS),
    wants: `a whole number from 1 to ${String(MOST_REPETITIONS)}`,
    fallback: 1,
    on: RUN,
  }),
  untilFail: flag("--until-fail", "repeat until a run does not pass; --repeat bounds it", {
    on: RUN,
  }),
  bail: flag("--bail", "nothing follows a run that does not pass", { on: RUN }),
  lastFailed: flag("--last-failed", "only scenarios whose newest run did not end as it must", {
    on: ["run", "list"],
    commandLineOnly: true,
  }),
  resume: option({
    flags: "--resume <suite>",
    about: "do what is left of a suite: its ID, or a run of it",
    kind: "text",
    schema: z.string().min(1),
    wants: "the ID of a suite or the directory of one of its runs",
    fallback: undefined,
    on: RUN,
    commandLineOnly: true,
    excludes: { keys: PLANNED, why: "a resumed suite keeps its own plan" },
  }),
  strict: flag("--strict", "explained loss fails too", {
    on: [...RUNS, "analyze"],
  }),
  faults: flag("--no-faults", "the same load without its faults: must pass", { on: RUN }),
  audit: flag(
    "--audit",
    "gateways also send all to an audit: where a loss was is seen, not inferred",
    { on: RUNS },
  ),
  load: option({
    flags: "--load <seconds>",
    about: "another length of the load; a shorter one is on record and is nothing to release on",
    kind: "number",
    schema: z.number().positive().max(MOST_LOAD_SECONDS),
    wants: `seconds above 0, ${String(MOST_LOAD_SECONDS)} at most`,
    fallback: undefined,
    on: RUNS,
  }),
  minutes: option({
    flags: "--minutes <n>",
    about: "the same in minutes: how long a random schedule goes on",
    kind: "number",
    schema: z
      .number()
      .positive()
      .max(MOST_LOAD_SECONDS / 60),
    wants: `minutes above 0, ${String(MOST_LOAD_SECONDS / 60)} at most`,
    fallback: undefined,
    on: RUN,
    excludes: { keys: ["load"], why: "both are the length of the load" },
  }),
  clusterName: option({
    flags: "--cluster-name <name>",
    about: "name of the kind cluster",
    kind: "text",
    schema: values.clusterName,
    wants: values.CLUSTER_NAME,
    fallback: "agw-chaos",
    on: RUNS,
  }),
  keepCluster: option({
    flags: "--keep-cluster [when]",
    about: "leave the cluster running: always (the same as no value), on-failure, or for 90m, 8h",
    kind: "text",
    schema: values.keepCluster,
    wants: values.KEEP_CLUSTER,
    fallback: values.NOT_KEPT,
    on: RUNS,
  }),
  reuseCluster: option({
    flags: "--reuse-cluster <name>",
    about: "use a kept cluster instead of making one",
    kind: "text",
    schema: values.clusterName,
    wants: values.CLUSTER_NAME,
    fallback: undefined,
    on: RUNS,
    excludes: {
      keys: ["keepCluster", "clusterName", "ipFamily"],
      why: "a reused cluster is kept as it is",
    },
  }),
  ipFamily: option({
    flags: "--ip-family <family>",
    about: "addresses of the cluster's pods and Services: ipv4 or ipv6",
    kind: "text",
    schema: z.enum(IP_FAMILIES),
    wants: oneOf(IP_FAMILIES),
    fallback: "ipv4",
    on: RUNS,
  }),
  images: option({
    flags: "--images <mode>",
    about: `where images come from: ${values.IMAGE_MODES.join(", ")}`,
    kind: "text",
    schema: z.enum(values.IMAGE_MODES),
    wants: oneOf(values.IMAGE_MODES),
    fallback: "auto",
    on: [...RUNS, "doctor"],
  }),
  registryMirror: option({
    flags: "--registry-mirror <host:port>",
    about: "registry that mirrors the upstream names",
    kind: "text",
    schema: values.registryAddress,
    wants: values.REGISTRY_ADDRESS,
    fallback: undefined,
    on: RUNS,
  }),
  context: option({
    flags: "--context <name>",
    about:
      "run on a cluster that is there already, by the kubeconfig's name for it, in one namespace",
    kind: "text",
    schema: z.string().min(1),
    wants: "a context of the kubeconfig",
    fallback: undefined,
    on: RUN,
    excludes: { keys: OF_OUR_OWN, why: "a cluster that is there already is neither made nor kept" },
  }),
  kubeconfig: option({
    flags: "--kubeconfig <file>",
    about: "where --context is (default: where kubectl looks)",
    kind: "text",
    schema: z.string().min(1),
    wants: "a file",
    fallback: undefined,
    on: RUN,
    needs: "context",
  }),
  namespace: option({
    flags: "--namespace <name>",
    about: "what the run has of that cluster",
    kind: "text",
    schema: values.namespace,
    wants: values.NAMESPACE_OF_ITS_OWN,
    fallback: NAMESPACE,
    on: RUN,
    needs: "context",
  }),
  observerImage: option({
    flags: "--observer-image <ref>",
    about:
      "the observers' image, which that cluster can pull (default: the one that is built here)",
    kind: "text",
    schema: values.imageReference,
    wants: "an image, for example registry.example/agent-gateway-chaos/observer:1",
    fallback: undefined,
    on: RUN,
    needs: "context",
  }),
  iOwnThisCluster: flag(
    "--i-own-this-cluster",
    "pods may be killed there, and what the run makes is removed",
    { on: RUN, commandLineOnly: true, needs: "context" },
  ),
  expectedRate: option({
    flags: "--expected-rate <traces>",
    about: "new traces a second over all gateways, which num_traces must hold",
    kind: "number",
    schema: z.number().positive(),
    wants: "traces a second, above 0",
    fallback: undefined,
    on: CHECK,
  }),
  nodes: option({
    flags: "--nodes <n>x<cpus>x<memory>",
    about: "nodes that the pods must fit on, for example 3x4x16Gi",
    kind: "text",
    schema: values.nodes,
    wants: "number, CPUs and memory of the nodes, for example 3x4x16Gi",
    fallback: undefined,
    on: CHECK,
  }),
  existing: option({
    flags: "--existing <kind/name>",
    about: "what the cluster has already, for example Namespace/observability; several times",
    kind: "list",
    schema: z.array(values.kindAndName).min(1).readonly(),
    wants: "KIND/NAME, for example Namespace/observability",
    fallback: undefined,
    on: CHECK,
  }),
  collectorImage: option({
    flags: "--collector-image <refs>",
    about:
      "the image of every collector, in place of the one that the manifests name; of several, each in its turn",
    kind: "list",
    schema: z.array(values.imageReference).min(1).readonly(),
    wants: "an image, for example otel/opentelemetry-collector-contrib:0.96.0",
    fallback: undefined,
    on: [...CHECK, ...RUNS],
  }),
  collectorVersion: option({
    flags: "--collector-version <v>",
    about: "the same by its release: the contrib distribution of that version",
    kind: "list",
    schema: z.array(values.version).min(1).readonly(),
    wants: "a version, for example 0.161.0",
    fallback: undefined,
    on: [...CHECK, ...RUNS],
    excludes: { keys: ["collectorImage"], why: "both say which collector" },
  }),
  deployment: option({
    flags: "--deployment <name|dir>",
    about: "what is put under test in place of corrected: a name, or any Kustomize directory",
    kind: "text",
    schema: z.string().min(1),
    wants: "a name under fixtures/deployments or a directory",
    fallback: undefined,
    on: RUN,
  }),
  deployments: option({
    flags: "--deployments <names>",
    about: "the columns of a matrix: names or Kustomize directories, by comma",
    kind: "list",
    schema: list,
    wants: "names under fixtures/deployments or directories",
    fallback: undefined,
    on: MATRIX,
  }),
  fromReports: flag("--from-reports", "run nothing: only what index.jsonl has on record", {
    on: MATRIX,
    commandLineOnly: true,
    excludes: { keys: ["dryRun"], why: "one prints what is there, the other what is missing" },
  }),
  reporter: option({
    flags: "--reporter <names>",
    about: "mocha reporters by comma; of several, json and xunit write into the reports' directory",
    kind: "list",
    schema: list,
    wants: "names of mocha reporters",
    fallback: undefined,
    on: RUN,
  }),
  logLevel: option({
    flags: "--log-level <level>",
    about: `what standard error tells: ${LOG_LEVELS.join(", ")}`,
    kind: "text",
    schema: z.enum(LOG_LEVELS),
    wants: oneOf(LOG_LEVELS),
    fallback: "info",
    on: TELLING,
  }),
  logJson: flag("--log-json", "what standard error tells as lines of JSON", { on: TELLING }),
  quiet: flag("-q, --quiet", "warnings on standard error, one line a run on standard output", {
    on: TELLING,
    excludes: { keys: ["logLevel"], why: "quiet is a level itself" },
  }),
  tty: flag("--no-tty", "plain lines although this is a terminal", { on: TELLING }),
  output: option({
    flags: "-o, --output <dir>",
    about: "directory of reports",
    kind: "text",
    schema: z.string().min(1),
    wants: "a directory",
    fallback: "reports",
    on: [...PICK, ...ON_REPORTS],
  }),
} as const satisfies Record<string, OptionSpec>;

export type OptionKey = keyof typeof OPTIONS;

/** The value of every option, once it is settled which source it comes from. */
export type Settings = {
  readonly [Key in OptionKey]:
    z.output<(typeof OPTIONS)[Key]["schema"]> | (typeof OPTIONS)[Key]["fallback"];
};

/** In the order of the table. */
export const optionEntries = Object.entries(OPTIONS) as [OptionKey, OptionSpec][];

/** `--grep`: the long flag, without what it takes. */
export const longFlag = ({ flags }: OptionSpec): string => /--[a-z-]+/.exec(flags)?.[0] ?? flags;

/** `CHAOS_GREP_INVERT`. */
export const environmentName = (key: string): string =>
  `CHAOS_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
