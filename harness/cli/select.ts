/** Which scenarios a command line means. */
import { scenarios, suites, type SuiteName } from "../../scenarios/suites.js";
import { UsageError } from "../model/errors.js";
import type { Scenario } from "../model/scenario.js";
import { selectByGrep } from "../mocha/select.js";

export interface Selection {
  readonly scenarios: readonly Scenario[];
  /** Controls must be found out: a suite asks for that. One that is named shows its own verdict. */
  readonly controls: boolean;
  readonly grep: RegExp | undefined;
}

/** By name, else by suite (smoke when neither is given), then by pattern. Selecting nothing is an error. */
export function select(
  names: readonly string[],
  options: { suite?: string; grep?: string },
): Selection {
  const controls = names.length === 0;
  const chosen = names.length > 0 ? names.map(byName) : bySuite(options.suite ?? "smoke");
  const grep = options.grep === undefined ? undefined : pattern(options.grep);
  const selected = selectByGrep(chosen, grep, controls);
  if (selected.length === 0) {
    throw new UsageError(`--grep ${options.grep ?? ""}: matches no scenario; chaos list shows all`);
  }
  return { scenarios: selected, controls, grep };
}

function byName(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const known = scenarios.map((scenario) => scenario.name);
  throw new UsageError(`unknown scenario "${name}"; there are: ${known.join(", ")}`);
}

function bySuite(name: string): readonly Scenario[] {
  if (name in suites) return suites[name as SuiteName];
  throw new UsageError(`--suite ${name}: there are ${Object.keys(suites).join(", ")}`);
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new UsageError(`--grep ${text}: not a regular expression`);
  }
}
