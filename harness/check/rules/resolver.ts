/**
 * The agents' resolver finds the gateways themselves: the name is a headless Service of the deployment that selects
 * them, and the port is one on which they take OTLP.
 */
import { loadBalancingOf } from "../../oracle/load-balancing.js";
import { agentResolver } from "../../oracle/resolver.js";
import { nameOf, ofKind } from "../../oracle/manifests.js";
import { at, isMapping, listOf, mappingOf, textOf, type Mapping } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Finding } from "../finding.js";
import { isReachable, listenersOf, portNumber } from "../listeners.js";
import { isInNamespace, namespaceOf, serviceSelects } from "../objects.js";
import type { Step } from "../source-documents.js";

/** Which port the exporter dials when the resolver gives none. */
const DEFAULT_PORT = 4317;

export const resolver: Check = (deployment) => {
  const { agent } = deployment;
  const balancing = loadBalancingOf(agent.config);
  if (balancing === undefined) return [];
  const resolvers = mappingOf(at(balancing, "resolver"));
  if (isMapping(resolvers["dns"])) return ofDns(mappingOf(balancing), deployment);
  if (isMapping(resolvers["static"])) return ofStatic(deployment);
  return [];
};

/** `exporters.loadbalancing` under the ID that the configuration gives it. */
export function balancingPath({ agent }: CheckedDeployment): Step[] {
  const exporters = mappingOf(agent.config["exporters"]);
  const id = Object.keys(exporters).find((one) => /^load_?balancing(\/|$)/.test(one));
  return ["exporters", id ?? "loadbalancing"];
}

function ofDns(balancing: Mapping, deployment: CheckedDeployment): Finding[] {
  const { agent, gateway, configPlace, place } = deployment;
  const { hostname, service, port } = agentResolver(
    balancing,
    ofKind(deployment.objects, "Service"),
  );
  const path = [...balancingPath(deployment), "resolver", "dns"];
  if (hostname === "") {
    return [
      finding(
        "fatal",
        "resolver-service",
        configPlace(agent, ...path, "hostname"),
        "The agents' dns resolver has no hostname, which validate lets pass and the " +
          "collector does not start with.",
        "Set hostname to the gateways' headless Service.",
      ),
    ];
  }
  const namespace = hostname.split(".")[1] ?? namespaceOf(agent.object);
  const found = ofKind(deployment.objects, "Service").find(
    (one) => nameOf(one) === service && isInNamespace(one, namespace),
  );
  if (found === undefined) {
    if ((deployment.expectations.existing ?? []).includes(`Service/${service}`)) return [];
    return [
      finding(
        "fatal",
        "resolver-service",
        configPlace(agent, ...path, "hostname"),
        `The agents resolve ${hostname}, and the deployment has no Service ` +
          `${service} in the namespace ${namespace}, so they find no gateway and do ` +
          "not start.",
        "Name the gateways' headless Service.",
      ),
    ];
  }
  const findings: Finding[] = [];
  if (at(found, "spec", "clusterIP") !== "None") {
    const headless = ofKind(deployment.objects, "Service").find(
      (one) => at(one, "spec", "clusterIP") === "None" && serviceSelects(one, gateway.object),
    );
    findings.push(
      finding(
        "fatal",
        "cluster-ip-service",
        configPlace(agent, ...path, "hostname"),
        `The agents resolve ${service}, whose one cluster IP hides the gateways, so ` +
          "spans of a trace reach different gateways and sampling tears it apart.",
        headless === undefined
          ? `Set clusterIP: None on the Service ${service}.`
          : `Resolve the headless Service ${nameOf(headless)}.`,
      ),
    );
  }
  if (!serviceSelects(found, gateway.object)) {
    findings.push(
      finding(
        "fatal",
        "service-selects-nothing",
        place(found, "spec", "selector"),
        `The Service ${service}, which the agents resolve, does not select the pods ` +
          `of ${gateway.title}, so no agent finds them.`,
        "Give its selector labels that the gateways' pods have.",
      ),
    );
  }
  if (at(found, "spec", "publishNotReadyAddresses") === true) {
    findings.push(
      finding(
        "warning",
        "not-ready-addresses",
        place(found, "spec", "publishNotReadyAddresses"),
        `The Service ${service} gives out addresses of gateways that are not ready, ` +
          "so agents send to them while they start and stop.",
        "Leave publishNotReadyAddresses out.",
      ),
    );
  }
  return [...findings, ...portsOf(port, found, path, deployment)];
}

/** The exporter dials the pod itself, so what counts is the pod's port; the Service's should say the same. */
function portsOf(
  configured: string,
  service: Mapping,
  path: readonly Step[],
  deployment: CheckedDeployment,
): Finding[] {
  const { agent, gateway, configPlace, place } = deployment;
  const port = configured === "" ? DEFAULT_PORT : Number(configured);
  const findings: Finding[] = [];
  if (gateway.parts !== null) {
    const otlp = listenersOf(gateway).filter(({ of }) => /^receiver .*\(grpc\)$/.test(of));
    const there = otlp.find((one) => one.port === port);
    if (there === undefined && otlp.every((one) => one.port !== undefined)) {
      const ports = otlp.map((one) => String(one.port)).join(", ") || "no port";
      findings.push(
        finding(
          "fatal",
          "resolver-port",
          configPlace(agent, ...path, "port"),
          `The agents send to port ${String(port)} of the gateways, which take OTLP ` +
            `over gRPC on ${ports}, so nothing arrives.`,
          otlp[0] === undefined
            ? "Add the gRPC protocol to the gateways' otlp receiver."
            : `Set the resolver's port to ${String(otlp[0].port)}.`,
        ),
      );
    } else if (there !== undefined && !isReachable(there)) {
      findings.push(
        finding(
          "fatal",
          "resolver-port",
          configPlace(gateway, ...there.path),
          `The gateways take OTLP on localhost:${String(port)} only, which no agent reaches.`,
          `Let the receiver listen on 0.0.0.0:${String(port)}.`,
        ),
      );
    }
  }
  const ports = listOf(at(service, "spec", "ports")).map(mappingOf);
  const targets = ports.map((one) =>
    portNumber(one["targetPort"] ?? one["port"], gateway.container),
  );
  if (ports.length > 0 && !targets.includes(port) && !ports.some((one) => one["port"] === port)) {
    const names = ports.map((one) => textOf(one["port"])).join(", ");
    findings.push(
      finding(
        "warning",
        "service-port",
        place(service, "spec", "ports"),
        `The agents dial port ${String(port)}, and the Service ${nameOf(service)} ` +
          `has only ${names}: one of the two is wrong.`,
        `Give the Service the port ${String(port)}, or the resolver the Service's.`,
      ),
    );
  }
  return findings;
}

function ofStatic(deployment: CheckedDeployment): Finding[] {
  return [
    finding(
      "warning",
      "static-resolver",
      deployment.configPlace(deployment.agent, ...balancingPath(deployment), "resolver", "static"),
      "A static resolver keeps a gateway that is gone in the ring and never learns " +
        "of a new one, so the share of a dead gateway is dropped.",
      "Use the dns resolver with a headless Service.",
    ),
  ];
}
