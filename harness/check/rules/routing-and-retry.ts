/**
 * Spans of a trace are routed by its ID, and what is refused once is sent again. Metrics and logs may be routed by
 * anything, so only a pipeline of traces counts.
 */
import { loadBalancingOf } from "../../oracle/load-balancing.js";
import { answersFirst } from "../../oracle/acknowledgement.js";
import { at, listOf, mappingOf, textOf, type Mapping } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Finding } from "../finding.js";
import type { Step } from "../source-documents.js";
import { balancingPath } from "./resolver.js";

export const routingAndRetry: Check = (deployment) => [
  ...routingKey(deployment),
  ...withoutRetry(deployment),
];

function routingKey(deployment: CheckedDeployment): Finding[] {
  const { agent, configPlace } = deployment;
  const key = textOf(at(loadBalancingOf(agent.config), "routing_key"));
  const path = balancingPath(deployment);
  const pipelines = Object.entries(mappingOf(at(agent.config, "service", "pipelines")));
  const traces = pipelines.some(
    ([id, pipeline]) =>
      id.split("/")[0] === "traces" &&
      listOf(at(pipeline, "exporters")).map(textOf).includes(String(path[1])),
  );
  if (!traces || ["", "traceID"].includes(key)) return [];
  return [
    finding(
      "fatal",
      "routing-key",
      configPlace(agent, ...path, "routing_key"),
      `The agents route traces by ${key}, so spans of a trace reach different gateways and sampling ` +
        "tears it apart.",
      "Leave routing_key out for traces, or set it to traceID.",
    ),
  ];
}

/** Without batch, sampling and queue before it, what an exporter does not take is refused, and its sender knows. */
function refusesToSender(config: Mapping, id: string): boolean {
  const settings = at(config, "exporters", id);
  const inner = at(settings, "protocol", "otlp") ?? settings;
  const before = inner === settings ? undefined : at(settings, "sending_queue");
  const queues =
    at(inner, "sending_queue", "enabled") !== false ||
    (before !== undefined && at(before, "enabled") !== false);
  const pipelines = Object.entries(mappingOf(at(config, "service", "pipelines")));
  const own = pipelines.filter(([, one]) => listOf(at(one, "exporters")).includes(id));
  return !queues && own.length > 0 && own.every(([name]) => !answersFirst(config, name));
}

/** The exporters of every collector, and the one inside the loadbalancing exporter. */
function withoutRetry(deployment: CheckedDeployment): Finding[] {
  const { collectors, configPlace } = deployment;
  return collectors.flatMap((collector) =>
    Object.entries(mappingOf(collector.config["exporters"])).flatMap(([id, settings]) => {
      const inner: Step[] =
        at(settings, "protocol", "otlp") === undefined ? [] : ["protocol", "otlp"];
      const enabled = at(settings, ...inner.map(String), "retry_on_failure", "enabled");
      if (enabled !== false || refusesToSender(collector.config, id)) return [];
      return [
        finding(
          "warning",
          "no-retry",
          configPlace(collector, "exporters", id, ...inner, "retry_on_failure", "enabled"),
          `The exporter ${id} of ${collector.title} does not retry, so what is refused once is lost.`,
          "Leave retry_on_failure on, which is the default.",
        ),
      ];
    }),
  );
}
