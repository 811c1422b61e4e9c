/**
 * The pods fit on the nodes: no request above its limit, and with `nodes` given, agents on each and gateways on what
 * they leave. Other pods of the cluster are not known, so the room that is counted is the most there can be.
 */
import { at, listOf, numberOr, textOf, type Mapping } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment, type Nodes } from "../checked-deployment.js";
import type { Finding } from "../finding.js";
import { POD_SPEC, podSpecOf, quantityOf, titleOf, workloadsOf } from "../objects.js";
import { autoscalerFor } from "./autoscaling.js";

const RESOURCES = ["cpu", "memory"] as const;

export const requests: Check = (deployment) => [
  ...workloadsOf(deployment.objects).flatMap((one) => aboveLimit(one, deployment)),
  ...room(deployment),
];

function aboveLimit(workload: Mapping, deployment: CheckedDeployment): Finding[] {
  return listOf(podSpecOf(workload)["containers"]).flatMap((container, index) =>
    RESOURCES.flatMap((resource) => {
      const request = textOf(at(container, "resources", "requests", resource));
      const limit = textOf(at(container, "resources", "limits", resource));
      const [asked, most] = [quantityOf(request), quantityOf(limit)];
      if (asked === undefined || most === undefined || asked <= most) return [];
      const name = textOf(at(container, "name")) || index;
      return [
        finding(
          "fatal",
          "request-above-limit",
          deployment.place(
            workload,
            ...POD_SPEC,
            "containers",
            name,
            "resources",
            "requests",
            resource,
          ),
          `${titleOf(workload)} requests ${request} of ${resource} with a limit of ` +
            `${limit}, which the API refuses.`,
          "Put the request at or below the limit.",
        ),
      ];
    }),
  );
}

/** Requests of all containers of a pod; a limit without a request is one. */
function requestOf(workload: Mapping, resource: (typeof RESOURCES)[number]): number {
  return listOf(podSpecOf(workload)["containers"]).reduce<number>((sum, container) => {
    const request = quantityOf(at(container, "resources", "requests", resource));
    return sum + (request ?? quantityOf(at(container, "resources", "limits", resource)) ?? 0);
  }, 0);
}

function room(deployment: CheckedDeployment): Finding[] {
  const { agent, gateway, objects, expectations, containerPlace } = deployment;
  const scaler = autoscalerFor(gateway.object, objects);
  const replicas = numberOr(at(gateway.object, "spec", "replicas"), 1);
  const fewest = scaler === undefined ? replicas : numberOr(at(scaler, "spec", "minReplicas"), 1);
  const most = scaler === undefined ? replicas : numberOr(at(scaler, "spec", "maxReplicas"), 1);
  const cpus = requestOf(gateway.object, "cpu");
  const bytes = requestOf(gateway.object, "memory");
  if (cpus === 0 && bytes === 0) return [];
  const each = `${String(cpus)} CPU and ${gibibytes(bytes)}`;
  const place = containerPlace(gateway, "resources", "requests");
  const { nodes } = expectations;
  if (nodes === undefined) {
    return [
      finding(
        "note",
        "requests",
        place,
        `Each gateway requests ${each}: ${String(fewest)} of them ` +
          `${String(fewest * cpus)} CPU and ${gibibytes(fewest * bytes)}, ` +
          `${String(most)} of them ${String(most * cpus)} CPU and ` +
          `${gibibytes(most * bytes)}.`,
        "Give --nodes, for example --nodes 3x4x16Gi, to have it checked whether they fit.",
      ),
    ];
  }
  const perNode = fitting(nodes, agent.object, cpus, bytes);
  const fit = perNode * nodes.count;
  if (fit >= most) return [];
  return [
    finding(
      fit < fewest ? "fatal" : "warning",
      "requests",
      place,
      `${String(fit)} gateways of ${each} fit on ${String(nodes.count)} nodes beside ` +
        "the agents, and " +
        `${fit < fewest ? `${String(fewest)} are needed` : `the autoscaler may ask for ${String(most)}`}, ` +
        "so the rest stays Pending.",
      "Lower the requests, or give larger or more nodes.",
    ),
  ];
}

function fitting(nodes: Nodes, agent: Mapping, cpus: number, bytes: number): number {
  const rounded = (value: number): number => Math.floor(value + 1e-9);
  const byCpu = cpus === 0 ? Infinity : (nodes.cpus - requestOf(agent, "cpu")) / cpus;
  const byMemory =
    bytes === 0 ? Infinity : (nodes.memoryBytes - requestOf(agent, "memory")) / bytes;
  return Math.max(0, rounded(Math.min(byCpu, byMemory)));
}

const gibibytes = (bytes: number): string =>
  `${String(Math.round((bytes / 2 ** 30) * 100) / 100)} GiB`;
