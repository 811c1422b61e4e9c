/** Every HorizontalPodAutoscaler scales something that is there, by a measure that it can take. */
import { nameOf, ofKind } from "../../oracle/manifests.js";
import { at, listOf, numberOr, textOf, type Mapping } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Finding } from "../finding.js";
import { podSpecOf, sharesNamespace, titleOf, workloadsOf } from "../objects.js";

export const autoscaling: Check = (deployment) =>
  ofKind(deployment.objects, "HorizontalPodAutoscaler").flatMap((scaler) => [
    ...ofApi(scaler, deployment),
    ...ofTarget(scaler, deployment),
  ]);

const scales = (scaler: Mapping, workload: Mapping): boolean =>
  sharesNamespace(scaler, workload) &&
  at(scaler, "spec", "scaleTargetRef", "kind") === workload["kind"] &&
  at(scaler, "spec", "scaleTargetRef", "name") === nameOf(workload);

/** The autoscaler of a workload. */
export const autoscalerFor = (
  workload: Mapping,
  objects: readonly Mapping[],
): Mapping | undefined =>
  ofKind(objects, "HorizontalPodAutoscaler").find((scaler) => scales(scaler, workload));

/** Served until Kubernetes 1.25. */
const REMOVED = ["autoscaling/v2beta1", "autoscaling/v2beta2"];

function ofApi(scaler: Mapping, deployment: CheckedDeployment): Finding[] {
  const name = nameOf(scaler);
  const version = textOf(scaler["apiVersion"]);
  const min = numberOr(at(scaler, "spec", "minReplicas"), 1);
  const max = numberOr(at(scaler, "spec", "maxReplicas"), NaN);
  return [
    ...(REMOVED.includes(version)
      ? [
          finding(
            "fatal",
            "hpa-refused",
            deployment.place(scaler, "apiVersion"),
            `The HorizontalPodAutoscaler ${name} is of ${version}, which Kubernetes ` +
              "1.26 and later do not have.",
            "Use autoscaling/v2.",
          ),
        ]
      : []),
    ...(min > max
      ? [
          finding(
            "fatal",
            "hpa-refused",
            deployment.place(scaler, "spec", "maxReplicas"),
            `The HorizontalPodAutoscaler ${name} has minReplicas ${String(min)} ` +
              `above maxReplicas ${String(max)}, which the API refuses.`,
            "Put minReplicas at or below maxReplicas.",
          ),
        ]
      : []),
  ];
}

function ofTarget(scaler: Mapping, deployment: CheckedDeployment): Finding[] {
  const name = nameOf(scaler);
  const reference = at(scaler, "spec", "scaleTargetRef");
  const target = workloadsOf(deployment.objects).find((one) => scales(scaler, one));
  const place = deployment.place(scaler, "spec", "scaleTargetRef", "name");
  const wanted = `${textOf(at(reference, "kind"))}/${textOf(at(reference, "name"))}`;
  if (target === undefined || target["kind"] === "DaemonSet") {
    return [
      finding(
        "warning",
        "hpa-selects-nothing",
        place,
        target === undefined
          ? `The HorizontalPodAutoscaler ${name} scales ${wanted}, which this ` +
              "deployment does not have in its namespace."
          : `The HorizontalPodAutoscaler ${name} scales ${wanted}, and a DaemonSet ` +
              "cannot be scaled.",
        "Name the gateways' Deployment or StatefulSet, with its kind.",
      ),
    ];
  }
  return [...withoutRequest(scaler, target, deployment), ...outside(scaler, target, deployment)];
}

/** Utilization is a share of the request; without one in every container the autoscaler has no measure. */
function withoutRequest(
  scaler: Mapping,
  target: Mapping,
  deployment: CheckedDeployment,
): Finding[] {
  return listOf(at(scaler, "spec", "metrics")).flatMap((metric, index) => {
    const resource = textOf(at(metric, "resource", "name"));
    if (at(metric, "resource", "target", "type") !== "Utilization") return [];
    const bare = listOf(podSpecOf(target)["containers"]).find(
      (one) =>
        at(one, "resources", "requests", resource) === undefined &&
        at(one, "resources", "limits", resource) === undefined,
    );
    if (bare === undefined) return [];
    return [
      finding(
        "warning",
        "hpa-without-request",
        deployment.place(scaler, "spec", "metrics", index, "resource", "name"),
        `The HorizontalPodAutoscaler ${nameOf(scaler)} goes by the share of the ` +
          `requested ${resource}, and container ${textOf(at(bare, "name"))} of ` +
          `${titleOf(target)} requests none, so it never scales.`,
        `Set resources.requests.${resource}.`,
      ),
    ];
  });
}

function outside(scaler: Mapping, target: Mapping, deployment: CheckedDeployment): Finding[] {
  const replicas = at(target, "spec", "replicas");
  const min = numberOr(at(scaler, "spec", "minReplicas"), 1);
  const max = numberOr(at(scaler, "spec", "maxReplicas"), Infinity);
  if (typeof replicas !== "number" || (replicas >= min && replicas <= max)) return [];
  return [
    finding(
      "warning",
      "hpa-contradicts-replicas",
      deployment.place(target, "spec", "replicas"),
      `${titleOf(target)} sets ${String(replicas)} replicas and its autoscaler keeps ` +
        `${String(min)} to ${String(max)}, so every apply removes or adds gateways, ` +
        "and the ring changes.",
      "Leave replicas out, or put it between the two.",
    ),
  ];
}
