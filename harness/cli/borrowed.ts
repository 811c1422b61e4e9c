/** What a command may do on a cluster that is not ours: only what its owner has agreed to, inside one namespace. */
import { UsageError } from "../model/errors.js";
import { reasonOutside } from "../model/fault-reach.js";
import type { Scenario } from "../model/scenario.js";
import type { Settings } from "./options-table.js";

type Target = Pick<Settings, "context" | "namespace" | "iOwnThisCluster">;

/** UsageError that says what a run would do there, unless the owner has agreed to it. */
export function demandOwner({ context, namespace, iOwnThisCluster }: Target): void {
  if (context === undefined || iOwnThisCluster) return;
  throw new UsageError(
    `--context ${context}: in namespace ${namespace} of that cluster, which is made where it is absent and must be ` +
      "lent where it is not, a run creates ServiceAccounts, ConfigMaps, Services, Deployments, " +
      "DaemonSets (an agent on each node takes the node's ports 4317 and 4318), HorizontalPodAutoscalers and " +
      "PodDisruptionBudgets, kills pods of them, and removes all that it created; " +
      "add --i-own-this-cluster if that may be",
  );
}

/**
 * The scenarios that can be run where the settings say. On a borrowed cluster a suite leaves out what reaches beyond
 * its namespace and tells it, a line each; one that is named is refused, and so is a suite of which nothing is left.
 */
export function withinReach(
  scenarios: readonly Scenario[],
  { context }: Pick<Target, "context">,
  how: { readonly named: boolean; readonly tell: (line: string) => void },
): readonly Scenario[] {
  if (context === undefined) return scenarios;
  const inside = scenarios.filter((scenario) => reasonOutside(scenario) === null);
  const outside = scenarios.flatMap((scenario) => {
    const why = reasonOutside(scenario);
    return why === null ? [] : [{ name: scenario.name, why }];
  });
  const [first] = outside;
  if (first !== undefined && (how.named || inside.length === 0)) {
    throw new UsageError(
      `--context ${context}: ${first.name} cannot be run there: ${first.why}, ` +
        "and a borrowed cluster lends one namespace; drop --context, or give --no-faults",
    );
  }
  for (const { name, why } of outside) how.tell(`left out on context ${context}: ${name}: ${why}`);
  return inside;
}
