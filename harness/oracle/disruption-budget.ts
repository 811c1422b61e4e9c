/** How many gateways a PodDisruptionBudget keeps ready while pods are evicted. */
import { at, isMapping, mappingOf, numberOr, textOf, type Mapping } from "./untyped.js";

/** Whether every label that a budget's selector matches is on the pods of a workload. */
export function selects(budget: Mapping, workload: Mapping): boolean {
  const wanted = at(budget, "spec", "selector", "matchLabels");
  const labels = mappingOf(at(workload, "spec", "template", "metadata", "labels"));
  return (
    isMapping(wanted) && Object.entries(wanted).every(([name, value]) => labels[name] === value)
  );
}

/**
 * The fewest pods that must stay ready. A percentage is of the expected pods and rounds up, both of those that must
 * stay and of those that may go. Null when the budget says neither.
 * Source: Kubernetes, pkg/controller/disruption (getExpectedPodCount), and its page on disruption budgets.
 */
export function minReadyOf(budget: Mapping, expectedPods: number): number | null {
  const spec = mappingOf(budget["spec"]);
  const stay = countOf(spec["minAvailable"], expectedPods);
  if (stay !== null) return stay;
  const go = countOf(spec["maxUnavailable"], expectedPods);
  return go === null ? null : Math.max(0, expectedPods - go);
}

function countOf(value: unknown, expectedPods: number): number | null {
  if (value === undefined) return null;
  const percent = /^(\d+)%$/.exec(textOf(value))?.[1];
  if (percent !== undefined) return Math.ceil((Number(percent) * expectedPods) / 100);
  const count = numberOr(value, NaN);
  return Number.isNaN(count) ? null : count;
}
