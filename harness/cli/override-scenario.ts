/** What a command line may change about a scenario: deployment, collector, load, faults, and whether it is audited. */
import { formatDuration, seconds } from "../model/durations.js";
import { UsageError } from "../model/errors.js";
import { isControl, type Scenario } from "../model/scenario.js";
import type { Settings } from "./options-table.js";

/** How long the load is asked to be, in seconds, by whichever of two options; undefined for as it is written. */
export const loadSeconds = ({ load, minutes }: Pick<Settings, "load" | "minutes">) =>
  load ?? (minutes === undefined ? undefined : minutes * 60);

interface Overrides extends Pick<Settings, "faults" | "audit" | "load"> {
  /** A deployment in place of `corrected`, as run-target.ts gives it. */
  readonly deployment?: string | undefined;
  readonly collectorImage?: string | undefined;
}

/** The scenario as it will be run. UsageError for a control of another deployment, or a fault outside of the load. */
export function overrideScenario(
  scenario: Scenario,
  { faults, audit, load, deployment, collectorImage }: Overrides,
): Scenario {
  const put = deployment === undefined ? scenario : withDeployment(scenario, deployment);
  const run = collectorImage === undefined ? put : { ...put, collectorImage };
  const struck = faults ? run : withoutFaults(run);
  const seen = audit ? { ...struck, audit } : struck;
  return load === undefined ? seen : withLoad(seen, load);
}

/**
 * Another deployment takes the place of `corrected`; what a scenario changes about that is laid over it. What is wrong
 * with a deployment of a control is wrong with that one only.
 */
function withDeployment(scenario: Scenario, deployment: string): Scenario {
  const own = scenario.deployment;
  const isOwn = own === "corrected" && scenario.applied === undefined;
  if (isOwn) return { ...scenario, deployment };
  if (deployment === "corrected" || deployment === own) return scenario;
  if (isControl(scenario)) {
    throw new UsageError(
      `--deployment ${deployment}: ${scenario.name} is about a mistake in ${scenario.applied ?? own} and says ` +
        `nothing of another deployment; leave it out (--grep-invert ${scenario.name})`,
    );
  }
  return { ...scenario, deployment, overlay: own };
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
