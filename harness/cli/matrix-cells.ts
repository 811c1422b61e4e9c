/** The runs that a matrix asks for: a scenario on a deployment each, or why there can be none. */
import { UsageError } from "../model/errors.js";
import type { Scenario } from "../model/scenario.js";
import { workloadSha256Of } from "../report/workload-identity.js";
import type { Asked } from "../report/matrix.js";
import type { Settings } from "./options-table.js";
import { overrideScenario } from "./override-scenario.js";
import { plannedRun, type PlannedRun } from "./planned-runs.js";

export interface AskedRun {
  readonly asked: Extract<Asked, { kind: "run" }>;
  readonly planned: PlannedRun;
}
/** What a column puts under test. */
export interface Column {
  readonly deployment: string;
  readonly collectorImage?: string;
}

export type AskedCell = AskedRun | { readonly asked: Extract<Asked, { kind: "none" }> };

/**
 * A row a scenario, a cell a column. UsageError for a deployment that cannot be run at all; what keeps one scenario
 * from one deployment is told in its cell.
 */
export async function askedCells(
  scenarios: readonly Scenario[],
  columns: readonly Column[],
  { settings, seed }: { readonly settings: Settings; readonly seed: bigint },
): Promise<AskedCell[][]> {
  const check = settings.fromReports ? undefined : await checker();
  for (const column of columns) await check?.({ ...column, audit: settings.audit });
  const rows: AskedCell[][] = [];
  for (const scenario of scenarios) {
    const row: AskedCell[] = [];
    for (const column of columns) {
      row.push(await cellOf(scenario, column, { settings, seed, check }));
    }
    rows.push(row);
  }
  return rows;
}

type Check = (
  wanted: Pick<Scenario, "deployment" | "overlay" | "collectorImage" | "audit">,
) => Promise<unknown>;

/** Renders a deployment and sees whether a run can use it; undefined without a kubectl, as for a run. */
async function checker(): Promise<Check | undefined> {
  const { findKubectl } = await import("kind-node");
  const kubectl = await findKubectl();
  if (kubectl === undefined) return undefined;
  const { checkDeployment } = await import("../run/render.js");
  return (wanted) => checkDeployment(kubectl, wanted);
}

async function cellOf(
  own: Scenario,
  column: Column,
  {
    settings,
    seed,
    check,
  }: { readonly settings: Settings; readonly seed: bigint; readonly check: Check | undefined },
): Promise<AskedCell> {
  try {
    const scenario = overrideScenario(own, { ...settings, collectorImage: undefined, ...column });
    if (scenario.overlay !== undefined) await check?.(scenario);
    const planned = { ...plannedRun(scenario, seed, 1), ...column };
    const { overlay, collectorImage } = scenario;
    return {
      planned,
      asked: {
        kind: "run",
        scenario: own.name,
        target: {
          deployment: scenario.deployment,
          ...(overlay === undefined ? {} : { overlay }),
          ...(collectorImage === undefined ? {} : { collectorImage }),
        },
        workloadSha256: workloadSha256Of({ ...planned.scenario }),
        isOwn:
          scenario.deployment === own.deployment &&
          overlay === undefined &&
          collectorImage === undefined,
      },
    };
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    return { asked: { kind: "none", reason: `not run: ${thrown.message}` } };
  }
}
