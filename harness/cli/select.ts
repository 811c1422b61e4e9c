/** Which scenarios a command line means. */
import { join, resolve } from "node:path";
import { scenarios, suites, type SuiteName } from "../../scenarios/suites.js";
import { UsageError } from "../model/errors.js";
import type { Scenario } from "../model/scenario.js";
import { readIndex } from "../report/index-file.js";
import { titleFilter, titlesOf, type TitleFilter } from "../mocha/select.js";
import { lastFailed } from "./last-failed.js";
import { didYouMean } from "./nearest.js";
import type { Settings } from "./options-table.js";

export interface Selection {
  readonly scenarios: readonly Scenario[];
  /** Controls must be found out: a suite asks for that. One that is named shows its own verdict. */
  readonly controls: boolean;
  /** Which of the scenarios' tests are shown. */
  readonly shows: TitleFilter;
}

export type SelectionSettings = Partial<
  Pick<Settings, "grep" | "grepInvert" | "tag" | "passWithNoScenarios">
> & { readonly suite?: string | undefined };

/**
 * By name, each once, else by suite, then by tag and pattern. With neither name nor suite: all scenarios when something
 * filters them, else `otherwise`. UsageError when nothing is selected, unless that is allowed.
 */
export function select(
  names: readonly string[],
  settings: SelectionSettings,
  otherwise: SuiteName = "smoke",
): Selection {
  const { suite, grep, grepInvert, tag, passWithNoScenarios = false } = settings;
  const controls = names.length === 0;
  const filtered = [grep, grepInvert, tag].some((filter) => filter !== undefined);
  const chosen =
    names.length > 0
      ? [...new Set(names)].map(byName)
      : bySuite(suite ?? (filtered ? "all" : otherwise));
  const shows = titleFilter(grep, grepInvert);
  const selected = chosen
    .filter(hasOneOf(tag))
    .filter((scenario) => titlesOf(scenario, controls, shows).length > 0);
  if (selected.length === 0 && !passWithNoScenarios) throw nothingSelected(settings);
  return { scenarios: selected, controls, shows };
}

/** The same, of those whose newest run failed when the settings ask for that. */
export async function selectRuns(
  names: readonly string[],
  settings: SelectionSettings & Pick<Settings, "lastFailed" | "output">,
  otherwise: SuiteName = "smoke",
): Promise<Selection> {
  if (!settings.lastFailed) return select(names, settings, otherwise);
  const reportsDir = resolve(settings.output);
  const failed = lastFailed(await readIndex(reportsDir));
  const selection = select(names, settings, "all");
  const scenarios = selection.scenarios.filter(({ name }) => failed.has(name));
  if (scenarios.length === 0 && settings.passWithNoScenarios !== true) {
    throw new UsageError(
      `--last-failed: by ${join(reportsDir, "index.jsonl")} no scenario's newest run failed; ` +
        "--pass-with-no-scenarios allows it",
    );
  }
  return { ...selection, scenarios };
}

function byName(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const known = scenarios.map((scenario) => scenario.name);
  const hint = didYouMean(name, known) || `; there are: ${known.join(", ")}`;
  throw new UsageError(`unknown scenario "${name}"${hint}`);
}

function bySuite(name: string): readonly Scenario[] {
  if (Object.hasOwn(suites, name)) return suites[name as SuiteName];
  throw new UsageError(`--suite ${name}: give one of ${Object.keys(suites).join(", ")}`);
}

function hasOneOf(wanted: readonly string[] | undefined): (scenario: Scenario) => boolean {
  if (wanted === undefined) return () => true;
  // Lists show tags as @smoke, so that is what people type.
  const bare = wanted.map((tag) => tag.replace(/^@/, ""));
  const known = [...new Set(scenarios.flatMap(({ tags }) => tags))];
  const unknown = bare.find((tag) => !known.includes(tag));
  if (unknown !== undefined) {
    throw new UsageError(`--tag ${unknown}: no scenario has it; there are ${known.join(", ")}`);
  }
  return ({ tags }) => tags.some((tag) => bare.includes(tag));
}

function nothingSelected({ suite, grep, grepInvert, tag }: SelectionSettings): UsageError {
  const given = [
    ...(suite === undefined ? [] : [`--suite ${suite}`]),
    ...(tag === undefined ? [] : [`--tag ${tag.join(",")}`]),
    ...(grep === undefined ? [] : [`--grep ${grep}`]),
    ...(grepInvert === undefined ? [] : [`--grep-invert ${grepInvert}`]),
  ].join(" ");
  return new UsageError(
    `${given}: matches no scenario; chaos list shows all, --pass-with-no-scenarios allows it`,
  );
}
