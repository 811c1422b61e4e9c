/** What a command line may change about a scenario: its load, its faults, and whether it is audited. */
import { formatDuration, seconds } from "../model/durations.js";
import { UsageError } from "../model/errors.js";
import type { Scenario } from "../model/scenario.js";
import type { Settings } from "./options-table.js";

/** How long the load is asked to be, in seconds, by whichever of two options; undefined for as it is written. */
export const loadSeconds = ({ load, minutes }: Pick<Settings, "load" | "minutes">) =>
  load ?? (minutes === undefined ? undefined : minutes * 60);

/** The scenario as it will be run. UsageError when a fault would lie outside the load. */
export function overrideScenario(
  scenario: Scenario,
  { faults, audit, load }: Pick<Settings, "faults" | "audit" | "load">,
): Scenario {
  const struck = faults ? scenario : withoutFaults(scenario);
  const seen = audit ? { ...struck, audit } : struck;
  return load === undefined ? seen : withLoad(seen, load);
}

/** The positive control of a scenario: the same load, no fault, no misbehaving backend. */
const withoutFaults = (scenario: Scenario): Scenario => ({
  ...scenario,
  faults: [],
  ...(scenario.draws === undefined ? {} : { draws: [] }),
  backends: {},
  expect: { verdict: "pass" },
});

/** A shorter load is on record: it leaves less time for what the invariants are to see. */
function withLoad(scenario: Scenario, loadSeconds: number): Scenario {
  const loadMs = seconds(loadSeconds);
  const lastFaultMs = Math.max(...scenario.faults.map(({ atMs, lastsMs = 0 }) => atMs + lastsMs));
  if (lastFaultMs >= loadMs) {
    throw new UsageError(
      `--load ${String(loadSeconds)}: ${scenario.name} has a fault until ` +
        `${formatDuration(lastFaultMs)}, which must lie inside the load; ` +
        `give more than ${String(lastFaultMs / 1_000)}, or --no-faults`,
    );
  }
  const shortened = loadMs < scenario.loadMs ? { shortenedFromMs: scenario.loadMs } : {};
  return { ...scenario, loadMs, ...shortened };
}
