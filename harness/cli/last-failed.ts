/** Which scenarios failed last, by reports/index.jsonl. */
import { scenarios } from "../../scenarios/suites.js";
import { isControl } from "../model/scenario.js";
import type { IndexLine } from "../report/index-file.js";

/** The scenarios whose newest run did not end as it must, by name; `lines` are oldest first. */
export function lastFailed(lines: readonly IndexLine[]): ReadonlySet<string> {
  const newest = new Map(lines.map((line) => [line.scenario, line]));
  const failed = scenarios.filter((scenario) => {
    const line = newest.get(scenario.name);
    if (line === undefined) return false;
    if (!isControl(scenario)) return line.verdict !== "pass";
    // Lines of older versions do not say whether the right invariant found it out.
    return !(line.controlMet ?? line.verdict === scenario.expect.verdict);
  });
  return new Set(failed.map(({ name }) => name));
}
