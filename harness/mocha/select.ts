/** The titles that mocha will give to runs: listing and grep need them without loading mocha. */
import type { InvariantKind } from "../model/invariant.js";
import { isControl, type Scenario } from "../model/scenario.js";
import { runTitle } from "../report/run-title.js";

/** Judged in every run, whatever the scenario demands. */
const ALWAYS_JUDGED: readonly InvariantKind[] = [
  "history-complete",
  "calibration",
  "faults-proven",
];

/** `gateway-kill #2 @smoke @nightly`; without `#2` it is what grep sees before the invariant's name. */
export const suiteTitle = (scenario: Scenario, repetition = 1): string =>
  [runTitle(scenario.name, repetition), ...scenario.tags.map((tag) => `@${tag}`)].join(" ");

/** The names of a scenario's tests. `controls`: a control has one, that it is found out. */
function testTitles(scenario: Scenario, controls: boolean): string[] {
  if (controls && isControl(scenario)) return [expectationOf(scenario)];
  const own = scenario.invariants.map(({ kind }) => kind);
  return [...ALWAYS_JUDGED, ...own];
}

/** `must be fail by trace-affinity, calibration inconclusive`. */
export const expectationOf = ({ expect: { verdict, invariant, also } }: Scenario): string => {
  const by = invariant === undefined ? "" : ` by ${invariant}`;
  const others = Object.entries(also ?? {}).map(([kind, other]) => `, ${kind} ${other}`);
  return `must be ${verdict}${by}${others.join("")}`;
};

/** Says of a test's full title, suite and test with a space between, whether it is shown. */
export type TitleFilter = (fullTitle: string) => boolean;

/** What matches the one and does not match the other; undefined asks for nothing. */
export function titleFilter(grep?: string, grepInvert?: string): TitleFilter {
  const wanted = grep === undefined ? undefined : new RegExp(grep);
  const unwanted = grepInvert === undefined ? undefined : new RegExp(grepInvert);
  return (title) => (wanted?.test(title) ?? true) && !(unwanted?.test(title) ?? false);
}

/** The names of a scenario's tests that are shown; none when the scenario is not selected. */
export const titlesOf = (scenario: Scenario, controls: boolean, shows: TitleFilter): string[] =>
  testTitles(scenario, controls).filter((title) => shows(`${suiteTitle(scenario)} ${title}`));
