/** Every PodDisruptionBudget selects pods, is one that the API takes, and lets evictions happen. */
import { minReadyOf } from "../../oracle/disruption-budget.js";
import { nameOf, ofKind } from "../../oracle/manifests.js";
import { at, numberOr, type Mapping } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Finding } from "../finding.js";
import { selectsPods, sharesNamespace, titleOf, workloadsOf } from "../objects.js";
import { autoscalerFor } from "./autoscaling.js";

export const disruption: Check = (deployment) => {
  const budgets = ofKind(deployment.objects, "PodDisruptionBudget");
  return [
    ...budgets.flatMap((budget) => ofBudget(budget, deployment)),
    ...workloadsOf(deployment.objects).flatMap((workload) => {
      const binding = budgets.filter((budget) => binds(budget, workload));
      return binding[1] === undefined ? [] : [twice(binding[1], workload, deployment)];
    }),
  ];
};

const binds = (budget: Mapping, workload: Mapping): boolean =>
  sharesNamespace(budget, workload) && selectsPods(at(budget, "spec", "selector"), workload);

function ofBudget(budget: Mapping, deployment: CheckedDeployment): Finding[] {
  const name = nameOf(budget);
  const place = (key: string) => deployment.place(budget, "spec", key);
  if (
    at(budget, "spec", "minAvailable") !== undefined &&
    at(budget, "spec", "maxUnavailable") !== undefined
  ) {
    return [
      finding(
        "fatal",
        "pdb-refused",
        place("maxUnavailable"),
        `The PodDisruptionBudget ${name} sets both minAvailable and maxUnavailable, ` +
          "which the API refuses.",
        "Keep one of the two.",
      ),
    ];
  }
  const workloads = workloadsOf(deployment.objects).filter((one) => binds(budget, one));
  if (workloads.length === 0) {
    return [
      finding(
        "warning",
        "pdb-selects-nothing",
        place("selector"),
        `The PodDisruptionBudget ${name} selects no pods of this deployment, so a ` +
          "drain may evict all gateways at once.",
        "Give its selector the labels of the gateways' pods.",
      ),
    ];
  }
  return workloads.flatMap((workload) => blocking(budget, workload, deployment));
}

/** A budget that needs all pods ready lets no eviction happen, and a drain waits for ever. */
function blocking(budget: Mapping, workload: Mapping, deployment: CheckedDeployment): Finding[] {
  if (workload["kind"] === "DaemonSet") return [];
  const scaler = autoscalerFor(workload, deployment.objects);
  const replicas = numberOr(at(workload, "spec", "replicas"), 1);
  const fewest = scaler === undefined ? replicas : numberOr(at(scaler, "spec", "minReplicas"), 1);
  const stay = minReadyOf(budget, fewest);
  if (stay === null || stay < fewest) return [];
  const key = at(budget, "spec", "minAvailable") === undefined ? "maxUnavailable" : "minAvailable";
  return [
    finding(
      "warning",
      "pdb-blocks-evictions",
      deployment.place(budget, "spec", key),
      `The PodDisruptionBudget ${nameOf(budget)} wants ${String(stay)} pods of ` +
        `${titleOf(workload)} ready, which may have only ${String(fewest)}, so no pod ` +
        "can be evicted and a drain never ends.",
      "Let at least one pod go: lower minAvailable, or raise the replicas.",
    ),
  ];
}

const twice = (budget: Mapping, workload: Mapping, deployment: CheckedDeployment): Finding =>
  finding(
    "warning",
    "pdb-twice",
    deployment.place(budget, "spec", "selector"),
    `Two PodDisruptionBudgets select the pods of ${titleOf(workload)}, and the API ` +
      "refuses every eviction of such a pod.",
    "Keep one of them.",
  );
