/** Agents and gateways speak the same: both with TLS or both without. Silent where one side is not known. */
import { loadBalancingOf } from "../../oracle/load-balancing.js";
import { at, isMapping, listOf, mappingOf, textOf } from "../../oracle/untyped.js";
import { finding, type Check } from "../checked-deployment.js";
import { balancingPath } from "./resolver.js";

export const tls: Check = (deployment) => {
  const { agent, gateway, configPlace } = deployment;
  const balancing = loadBalancingOf(agent.config);
  const receivers = Object.keys(mappingOf(gateway.config["receivers"])).filter(
    (id) => id.split("/")[0] === "otlp" && isUsed(gateway.config, id),
  );
  const [receiver] = receivers;
  if (balancing === undefined || receiver === undefined || receivers.length > 1) return [];
  const plain = at(balancing, "protocol", "otlp", "tls", "insecure") === true;
  const path = ["receivers", receiver, "protocols", "grpc", "tls"];
  const serves = isMapping(at(gateway.config, ...path));
  if (plain !== serves) return [];
  return [
    finding(
      "fatal",
      "tls-mismatch",
      serves
        ? configPlace(gateway, ...path)
        : configPlace(agent, ...balancingPath(deployment), "protocol", "otlp", "tls"),
      serves
        ? "The gateways take TLS only, and the agents send without it, so nothing arrives."
        : "The agents send with TLS, which is the default, and the gateways take plain " +
            "text, so nothing arrives.",
      serves
        ? "Configure protocol.otlp.tls of the loadbalancing exporter with the " +
            "certificate authority."
        : "Set protocol.otlp.tls.insecure: true, or give the gateways' receiver a certificate.",
    ),
  ];
};

const isUsed = (config: unknown, receiver: string): boolean =>
  Object.values(mappingOf(at(config, "service", "pipelines"))).some((pipeline) =>
    listOf(at(pipeline, "receivers")).map(textOf).includes(receiver),
  );
