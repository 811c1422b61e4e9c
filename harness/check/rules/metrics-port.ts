/** What a collector counts about itself can be read from outside its pod, through the ports that say so. */
import { nameOf, ofKind } from "../../oracle/manifests.js";
import { isSince } from "../../oracle/release.js";
import { at, listOf, textOf } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Collector } from "../collectors.js";
import type { Finding } from "../finding.js";
import {
  isReachable,
  listenersOf,
  OWN_METRICS,
  portNumber,
  READERS_ONLY_SINCE,
} from "../listeners.js";
import { serviceSelects } from "../objects.js";

export const metricsPort: Check = (deployment) => [
  ...deployment.collectors.flatMap((collector) => ofCollector(collector, deployment)),
  ...ofServices(deployment),
];

function ofCollector(collector: Collector, deployment: CheckedDeployment): Finding[] {
  const { container, config, title } = collector;
  const own = listenersOf(collector).find((one) => one.of === OWN_METRICS);
  if (collector.parts === null) return [];
  if (own === undefined) {
    if (at(config, "service", "telemetry", "metrics", "level") !== "none") return [];
    return [
      finding(
        "warning",
        "metrics-off",
        deployment.configPlace(collector, "service", "telemetry", "metrics", "level"),
        `${title} counts nothing about itself, so nobody sees what it refuses and drops.`,
        "Leave the level out.",
      ),
    ];
  }
  if (isReachable(own) || own.port === undefined) return [];
  const port = String(own.port);
  const index = listOf(container["ports"]).findIndex(
    (one) => at(one, "containerPort") === own.port,
  );
  const declared = index >= 0;
  return [
    finding(
      declared ? "warning" : "note",
      "metrics-port",
      declared
        ? deployment.containerPlace(collector, "ports", index)
        : deployment.configPlace(collector, ...own.path),
      declared
        ? `${title} declares port ${port}, and its metrics listen there on localhost ` +
            "only, so nothing outside the pod can read them."
        : `The metrics of ${title} listen on localhost:${port}, so nothing outside the ` +
            "pod can read them.",
      isSince(collector.image, READERS_ONLY_SINCE)
        ? `Set service.telemetry.metrics.readers to a pull exporter prometheus on 0.0.0.0:${port}.`
        : `Set service.telemetry.metrics.address to 0.0.0.0:${port}.`,
    ),
  ];
}

/** Of the gateways: agents have no Service. */
function ofServices(deployment: CheckedDeployment): Finding[] {
  const { gateway, objects, place } = deployment;
  const own = listenersOf(gateway).find((one) => one.of === OWN_METRICS);
  const services = ofKind(objects, "Service").filter((one) => serviceSelects(one, gateway.object));
  const [first] = services;
  if (own?.port === undefined || gateway.parts === null || first === undefined) return [];
  const reaches = services.some((service) =>
    listOf(at(service, "spec", "ports")).some(
      (one) => portNumber(at(one, "targetPort") ?? at(one, "port"), gateway.container) === own.port,
    ),
  );
  if (reaches) return [];
  const facing = services.find((one) => at(one, "spec", "clusterIP") !== "None") ?? first;
  return [
    finding(
      "note",
      "metrics-service",
      place(facing, "spec", "ports"),
      `No Service of the gateways has port ${String(own.port)}, so a port-forward or ` +
        `a scrape of the gateways' metrics through ${textOf(facing["kind"])} ` +
        `${nameOf(facing)} fails.`,
      `Add the port ${String(own.port)} to the Service.`,
    ),
  ];
}
