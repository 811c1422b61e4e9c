/** The titles that mocha will give to runs: listing and grep need them without loading mocha. */
import type { InvariantKind } from "../model/invariant.js";
import { isControl, type Scenario } from "../model/scenario.js";

/** Judged in every run, whatever the scenario demands. */
const ALWAYS_JUDGED: readonly InvariantKind[] = [
  "history-complete",
  "calibration",
  "faults-proven",
];

/** `gateway-kill @smoke @nightly`: what grep sees before the invariant's name. */
export const suiteTitle = (scenario: Scenario): string =>
  [scenario.name, ...scenario.tags.map((tag) => `@${tag}`)].join(" ");

/** The names of a scenario's tests. `controls`: a control has one, that it is found out. */
export function testTitles(scenario: Scenario, controls: boolean): string[] {
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

/** Those scenarios of which at least one test's full title matches. */
export function selectByGrep(
  scenarios: readonly Scenario[],
  grep: RegExp | undefined,
  controls: boolean,
): Scenario[] {
  return scenarios.filter((scenario) =>
    testTitles(scenario, controls).some(
      (title) => grep?.test(`${suiteTitle(scenario)} ${title}`) ?? true,
    ),
  );
}
