/** What the agents of this release do that their configuration does not show. */
import { at, isMapping, mappingOf } from "../../oracle/untyped.js";
import { loadBalancingOf } from "../../oracle/load-balancing.js";
import { agentResolver } from "../../oracle/resolver.js";
import { ofKind } from "../../oracle/manifests.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Finding } from "../finding.js";
import { isBefore } from "../../oracle/release.js";
import { balancingPath } from "./resolver.js";

export const agentNotes: Check = (deployment) => [
  ...startsEmpty(deployment),
  ...metricsByService(deployment),
  ...keepsUnready(deployment),
];

function keepsUnready(deployment: CheckedDeployment): Finding[] {
  const { agent, objects, configPlace } = deployment;
  const services = ofKind(objects, "Service");
  const balancing = mappingOf(loadBalancingOf(agent.config));
  if (!agentResolver(balancing, services, agent.image).keepsUnready) return [];
  return [
    finding(
      "warning",
      "keeps-unready",
      configPlace(agent, ...balancingPath(deployment), "resolver", "k8s", "service"),
      "Agents of this release keep a gateway in the ring until its endpoint is gone, also one that is not ready or " +
        "stops (opentelemetry-collector-contrib#50436).",
      "Use release 0.161 or later, or the dns resolver.",
    ),
  ];
}

/** Measured at 0.96.0; later releases were not. */
const MEASURED_BEFORE = 97;

function startsEmpty(deployment: CheckedDeployment): Finding[] {
  const { agent, configPlace } = deployment;
  const dns = at(loadBalancingOf(agent.config), "resolver", "dns");
  if (!isMapping(dns) || !isBefore(agent.image, MEASURED_BEFORE)) return [];
  return [
    finding(
      "note",
      "empty-ring",
      configPlace(agent, ...balancingPath(deployment), "resolver", "dns", "hostname"),
      "Agents that start before a gateway is ready find no address and exit, so they " +
        "crash-loop until DNS answers.",
      "Expect restarts of the agents at the first roll-out, or start the gateways first.",
    ),
  ];
}

function metricsByService(deployment: CheckedDeployment): Finding[] {
  const { agent, configPlace } = deployment;
  const pipelines = mappingOf(at(agent.config, "service", "pipelines"));
  const balanced = Object.keys(pipelines).find(
    (id) =>
      id.split("/")[0] === "metrics" &&
      JSON.stringify(at(pipelines[id], "exporters") ?? []).includes("balancing"),
  );
  if (balanced === undefined || !isBefore(agent.image, MEASURED_BEFORE)) return [];
  return [
    finding(
      "note",
      "metrics-without-service",
      configPlace(agent, "service", "pipelines", balanced, "exporters"),
      "The loadbalancing exporter routes metrics by service.name, and one resource " +
        "without it makes the batch that it is in fail after it was acknowledged.",
      "See that every source of metrics sets service.name, or set it with the resource processor.",
    ),
  ];
}
