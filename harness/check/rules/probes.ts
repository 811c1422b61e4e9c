/**
 * Every probe of a collector asks a port on which that collector listens for the kubelet, and a path that answers.
 * Silent where the configuration is not known, and about probes that run a command.
 */
import { at, isMapping, listOf, mappingOf, numberOr, textOf } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Collector } from "../collectors.js";
import type { Finding } from "../finding.js";
import { isReachable, listenersOf, portNumber, type Listener } from "../listeners.js";
import { quantityOf } from "../objects.js";

const PROBES = ["startupProbe", "livenessProbe", "readinessProbe"] as const;
type Probe = (typeof PROBES)[number];
const ACTIONS = ["httpGet", "tcpSocket", "grpc"] as const;

/** What the kubelet does when the probe never passes. */
const NEVER: Readonly<Record<Probe, string>> = {
  startupProbe: "the kubelet restarts it for ever",
  livenessProbe: "the kubelet restarts it for ever",
  readinessProbe: "it never gets ready",
};

export const probes: Check = (deployment) =>
  deployment.collectors.flatMap((collector) => [
    ...PROBES.flatMap((probe) => probeOf(probe, collector, deployment)),
    ...tightProbe(collector, deployment),
  ]);

function probeOf(probe: Probe, collector: Collector, deployment: CheckedDeployment): Finding[] {
  const { container, config, parts, title } = collector;
  const action = ACTIONS.find((one) => isMapping(at(container, probe, one)));
  if (parts === null || action === undefined) return [];
  // Such a probe does not ask the pod.
  if (at(container, probe, "httpGet", "host") !== undefined) return [];
  const port = portNumber(at(container, probe, action, "port"), container);
  const place = deployment.containerPlace(collector, probe, action, "port");
  if (port === undefined) {
    const name = textOf(at(container, probe, action, "port"));
    return [
      finding(
        "fatal",
        "probe-port",
        place,
        `The ${probe} of ${title} asks port ${name}, a name that no port of the ` +
          `container has, so ${NEVER[probe]}.`,
        "Give the number of the port, or a container port of that name.",
      ),
    ];
  }
  const all = listenersOf(collector);
  const listeners = all.filter((one) => one.port === port);
  if (listeners.some(isReachable)) return pathOf(probe, port, collector, deployment);
  const [local] = listeners;
  if (local === undefined && mayBeServed(port, all, collector)) return [];
  const configured = Object.keys(mappingOf(config["extensions"])).includes("health_check");
  return [
    finding(
      "fatal",
      "probe-port",
      local === undefined ? place : deployment.configPlace(collector, ...local.path),
      local === undefined
        ? `The ${probe} of ${title} asks port ${String(port)}, where nothing listens, ` +
            `so ${NEVER[probe]}.`
        : `The ${probe} of ${title} asks port ${String(port)}, where ${local.of} ` +
            `listens on localhost only, so ${NEVER[probe]}.`,
      local === undefined
        ? configured
          ? "Name the extension health_check under service.extensions, with that port."
          : `Add the extension health_check with endpoint 0.0.0.0:${String(port)}, and ` +
            "name it under service.extensions."
        : `Let it listen on 0.0.0.0:${String(port)}.`,
    ),
  ];
}

/** By a listener whose port only the pod knows, or by another container of the pod. */
const mayBeServed = (
  port: number,
  listeners: readonly Listener[],
  { podSpec, container }: Collector,
): boolean =>
  listeners.some((one) => one.port === undefined) ||
  listOf(podSpec["containers"]).some(
    (other) =>
      at(other, "name") !== container["name"] &&
      listOf(at(other, "ports")).some((one) => at(one, "containerPort") === port),
  );

/** The extension answers on its own path and with 404 elsewhere; "/" takes every path. */
function pathOf(
  probe: Probe,
  port: number,
  collector: Collector,
  deployment: CheckedDeployment,
): Finding[] {
  const { container, config, title } = collector;
  const get = at(container, probe, "httpGet");
  const health = listenersOf(collector).find(
    (one) => one.port === port && one.of.startsWith("extension health_check"),
  );
  if (!isMapping(get) || health === undefined) return [];
  const served = textOf(at(config, ...health.path.slice(0, -1).map(String), "path")) || "/";
  const asked = textOf(get["path"]) || "/";
  if (served === "/" || served === asked) return [];
  return [
    finding(
      "fatal",
      "probe-path",
      deployment.containerPlace(collector, probe, "httpGet", "path"),
      `The ${probe} of ${title} asks ${asked}, while health_check answers on ` +
        `${served} only, so ${NEVER[probe]}.`,
      `Ask ${served}, or leave the path of health_check out.`,
    ),
  ];
}

/** An agent at such a CPU limit was killed by its own liveness probe under load. */
const TIGHT_CPUS = 0.5;

function tightProbe(collector: Collector, deployment: CheckedDeployment): Finding[] {
  const { container, title } = collector;
  const probe = container["livenessProbe"];
  const limit = quantityOf(at(container, "resources", "limits", "cpu"));
  const timeoutS = numberOr(at(probe, "timeoutSeconds"), 1);
  if (!isMapping(probe) || timeoutS > 1 || limit === undefined || limit >= TIGHT_CPUS) return [];
  return [
    finding(
      "warning",
      "liveness-timeout",
      deployment.containerPlace(collector, "livenessProbe"),
      `${title} must answer its livenessProbe within 1 s on ${String(limit)} CPUs; ` +
        "under load it does not, and the kubelet kills it with all that it holds.",
      "Set timeoutSeconds: 5 or more, or raise the CPU limit.",
    ),
  ];
}
