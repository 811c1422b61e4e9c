/** Settles every option: flags over CHAOS_… names over the configuration file over defaults. */
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import { UsageError } from "../model/errors.js";
import { readConfigurationFile, type FileEntry } from "./configuration-file.js";
import { didYouMean } from "./nearest.js";
import { statOf } from "./stat-of.js";
import {
  environmentName,
  longFlag,
  optionEntries,
  OPTIONS,
  type CommandName,
  type OptionKey,
  type OptionSpec,
  type Settings,
} from "./options-table.js";

/** What surrounds a command. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the configuration file is looked for. */
  readonly cwd: string;
}

/** What a command works on that is given no run, for its help. */
export const LATEST = "(default: the newest in the directory of reports)";

const RANK = { default: 0, file: 1, environment: 2, flag: 3 } as const;

export interface Source {
  readonly kind: keyof typeof RANK;
  /** `--seed`, `CHAOS_SEED`, `chaos.config.yaml:3` or `default`. */
  readonly name: string;
}

export interface Settled {
  readonly settings: Settings;
  readonly sources: Readonly<Record<OptionKey, Source>>;
}

/** Gives a command its options of the table; nothing is preset, so that other sources can be asked. */
export function addOptions(command: Command, name: CommandName): Command {
  for (const [, spec] of optionEntries) {
    if (!spec.on.includes(name)) continue;
    const option = new Option(spec.flags, spec.about + defaultText(spec));
    if (spec.kind === "list") {
      option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text]);
    }
    if (option.optional) option.preset("always");
    command.addOption(option);
    if (spec.kind === "flag" && spec.commandLineOnly !== true) {
      command.addOption(new Option(opposite(spec)).hideHelp());
    }
  }
  return command;
}

const defaultText = ({ fallback }: OptionSpec): string =>
  typeof fallback === "string" ? ` (default: ${fallback})` : "";

/** What takes back a flag that the environment or a file gives. */
const opposite = (spec: OptionSpec): string =>
  spec.fallback === true
    ? longFlag(spec).replace("--no-", "--")
    : longFlag(spec).replace("--", "--no-");

/** Every option of the table for a command line that commander has parsed. UsageError for a bad value. */
export async function settle(command: Command, { env, cwd }: Surroundings): Promise<Settled> {
  const file = await readConfigurationFile(cwd);
  demandKnownNames(env, file);
  const settings: Record<string, unknown> = {};
  const sources: Partial<Record<OptionKey, Source>> = {};
  for (const [key, spec] of optionEntries) {
    const found = find(key, spec, command, env, file);
    settings[key] = found === undefined ? spec.fallback : valueOf(spec, found);
    if (key === "output" && found !== undefined)
      demandDirectory(String(settings[key]), found.shown);
    sources[key] = found?.source ?? { kind: "default", name: "default" };
  }
  const settled = { settings: settings as Settings, sources: sources as Settled["sources"] };
  return withoutContradictions(settled);
}

/**
 * The reports directory, for commands with options of their own beside it: whatever says where runs are written must
 * also say where they are looked for. UsageError as for `settle`.
 */
export async function outputDirectory(
  command: Command,
  { env, cwd }: Surroundings,
): Promise<string> {
  const file = await readConfigurationFile(cwd);
  demandKnownNames(env, file);
  const found = find("output", OPTIONS.output, command, env, file);
  const output =
    found === undefined ? OPTIONS.output.fallback : String(valueOf(OPTIONS.output, found));
  demandDirectory(output, found?.shown ?? output);
  return output;
}

/** UsageError when a file stands where `path` or a directory above it must be. */
function demandDirectory(path: string, shown: string): void {
  for (let at = resolve(path); ; at = dirname(at)) {
    const found = statOf(at);
    if (found?.isDirectory() === true) return;
    if (found !== undefined) throw new UsageError(`${shown}: ${at} is a file; give a directory`);
  }
}

interface Found {
  readonly source: Source;
  readonly raw: unknown;
  /** `--seed -1`, `CHAOS_SEED=-1`, `chaos.config.yaml:3: seed -1`: the start of an error. */
  readonly shown: string;
}

function find(
  key: OptionKey,
  spec: OptionSpec,
  command: Command,
  env: Surroundings["env"],
  file: ReadonlyMap<string, FileEntry>,
): Found | undefined {
  if (command.getOptionValueSource(key) === "cli") {
    const raw: unknown = command.getOptionValue(key);
    const bare = longFlag(spec).replace(/^--(no-)?/, "");
    const name = raw === false ? `--no-${bare}` : `--${bare}`;
    const texts = spec.kind === "list" ? (raw as string[]) : [raw];
    return {
      source: { kind: "flag", name },
      raw: fromText(spec, raw),
      shown: spec.kind === "flag" ? name : `${name} ${texts.join(" ")}`,
    };
  }
  if (spec.commandLineOnly === true) return undefined;
  const name = environmentName(key);
  const text = env[name];
  if (text !== undefined && text !== "") {
    const source = { kind: "environment", name } as const;
    return { source, raw: fromText(spec, text), shown: `${name}=${text}` };
  }
  const entry = file.get(key);
  // A module may say `undefined` where it means nothing.
  if (entry?.value === undefined) return undefined;
  const { where, value } = entry;
  const raw = spec.kind === "list" && typeof value === "string" ? [value] : value;
  const shown = `${where}: ${key}: ${JSON.stringify(value)}`;
  return { source: { kind: "file", name: where }, raw, shown };
}

/** Text that is no value of the kind stays text, which the schema then refuses. */
function fromText({ kind }: OptionSpec, raw: unknown): unknown {
  if (kind === "list") {
    const texts = Array.isArray(raw) ? (raw as string[]) : [String(raw)];
    return texts.flatMap((text) => text.split(",")).map((text) => text.trim());
  }
  if (typeof raw !== "string") return raw;
  if (kind === "number") return /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw;
  if (kind === "flag") return { true: true, "1": true, false: false, "0": false }[raw] ?? raw;
  return raw;
}

function valueOf(spec: OptionSpec, { raw, shown }: Found): unknown {
  const parsed = spec.schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${shown}: give ${spec.wants}`);
}

function demandKnownNames(env: Surroundings["env"], file: ReadonlyMap<string, FileEntry>): void {
  const keys = optionEntries
    .filter(([, { commandLineOnly }]) => commandLineOnly !== true)
    .map(([key]) => key);
  const names = keys.map(environmentName);
  for (const name of Object.keys(env)) {
    if (!name.startsWith("CHAOS_") || names.includes(name)) continue;
    throw new UsageError(`${name}: there is no such option${didYouMean(name, names)}`);
  }
  for (const [key, { where }] of file) {
    if (keys.some((known) => known === key)) continue;
    const flagOnly = key in OPTIONS ? `; it can only be given as a flag` : didYouMean(key, keys);
    throw new UsageError(`${where}: ${key}: there is no such option${flagOnly}`);
  }
}

/** Of two options that exclude each other the one from the stronger source counts; from equal ones, neither. */
function withoutContradictions(settled: Settled): Settled {
  const settings: Record<string, unknown> = { ...settled.settings };
  const sources: Record<string, Source> = { ...settled.sources };
  const kindOf = (key: string): Source["kind"] => sources[key]?.kind ?? "default";
  for (const [key, { excludes, needs }] of optionEntries) {
    if (needs !== undefined && kindOf(key) === "flag" && kindOf(needs) === "default") {
      const needed = longFlag(OPTIONS[needs as OptionKey]);
      throw new UsageError(
        `${sources[key]?.name ?? key}: only beside ${needed}; give it, or drop this`,
      );
    }
    for (const other of (excludes?.keys ?? []) as readonly OptionKey[]) {
      const [mine, others] = [kindOf(key), kindOf(other)];
      if (mine === "default" || others === "default") continue;
      if (mine === others) {
        const names = `${sources[key]?.name ?? key} and ${sources[other]?.name ?? other}`;
        throw new UsageError(`${names}: ${excludes?.why ?? "they exclude each other"}; drop one`);
      }
      const weaker = RANK[mine] > RANK[others] ? other : key;
      settings[weaker] = OPTIONS[weaker].fallback;
      sources[weaker] = { kind: "default", name: "default" };
    }
  }
  return { settings: settings as Settings, sources: sources as Settled["sources"] };
}
