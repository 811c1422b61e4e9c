/** The settings that a verdict rests on, as name and value for the report. */
import { formatDuration } from "../model/durations.js";
import type { Balancer } from "./acknowledgement.js";
import type { Batch, Exporter } from "./collector-config.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import type { Resolver } from "./resolver.js";

export interface Setting {
  readonly name: string;
  readonly value: string;
}

export function settings({ agent, gateway }: DeploymentFacts): Setting[] {
  const { resolver } = agent;
  const { sampling } = gateway;
  return [
    { name: "agents", value: agent.workload },
    { name: "agent resolver", value: resolverText(resolver) },
    { name: "agent batch", value: batchText(agent.batch.traces) },
    { name: "agent exporter, per gateway", value: exporterText(agent.exporter) },
    ...balancerSettings(agent.balancer),
    { name: "gateways", value: `${gateway.workload}, ${String(gateway.replicas)} replicas` },
    {
      name: "gateway autoscaler",
      value:
        gateway.autoscaler === null
          ? "none"
          : `${String(gateway.autoscaler.minReplicas)} to ${String(gateway.autoscaler.maxReplicas)}`,
    },
    { name: "gateway disruption budget", value: gateway.disruptionBudget ?? "none" },
    { name: "gateway termination grace", value: formatDuration(gateway.terminationGraceMs) },
    ...(gateway.preStopMs === 0
      ? []
      : [{ name: "gateway preStop", value: `sleeps for ${formatDuration(gateway.preStopMs)}` }]),
    {
      name: "tail sampling",
      value:
        sampling === null
          ? "none"
          : [
              `decision after ${formatDuration(sampling.decisionWaitMs)}`,
              `at most ${String(sampling.numTraces)} traces`,
              ...(sampling.keepsErrors ? ["errors"] : []),
              ...(sampling.latencyThresholdMs === null
                ? []
                : [`from ${formatDuration(sampling.latencyThresholdMs)}`]),
              ...(sampling.percentage === null ? [] : [`${String(sampling.percentage)} %`]),
              ...sampling.unpredictable,
            ].join(", "),
    },
    { name: "gateway batch", value: batchText(gateway.batch.traces) },
    { name: "gateway trace exporter", value: exporterText(gateway.exporter.traces) },
    ...(agent.answersLast.traces && gateway.answersLast.traces
      ? [{ name: "acknowledged", value: "when the backend has answered" }]
      : []),
  ];
}

function resolverText({ kind, hostname, port, headless, intervalMs, timeoutMs }: Resolver): string {
  const target = `${hostname}${port === "" ? "" : `:${port}`}`;
  switch (kind) {
    case "static":
      return `${hostname}, for ever`;
    case "k8s":
      return `watches the endpoints of ${target}`;
    case "dns":
    case "other":
      return (
        `${target} (${headless ? "headless" : "not headless"}), every ${formatDuration(intervalMs)},` +
        ` timeout ${formatDuration(timeoutMs)}`
      );
  }
}

/** Of the loadbalancing exporter itself; nothing when it has neither queue nor retry. */
function balancerSettings({ queue, retryForMs }: Balancer): Setting[] {
  if (queue === null && retryForMs === 0) return [];
  return [
    {
      name: "agent exporter, before routing",
      value: `${queueText(queue)}, ${retryText(retryForMs)}`,
    },
  ];
}

const batchText = ({ timeoutMs, size }: Batch): string =>
  timeoutMs === 0 ? "none" : `${String(size)} items or ${formatDuration(timeoutMs)}`;

const exporterText = ({ timeoutMs, queue, retryForMs }: Exporter): string =>
  `timeout ${formatDuration(timeoutMs)}, ${queueText(queue)}, ${retryText(retryForMs)}`;

const queueText = (queue: Exporter["queue"]): string =>
  queue === null ? "no queue" : `queue of ${String(queue.size)} requests in ${queue.storage}`;

const retryText = (retryForMs: number): string =>
  retryForMs === 0
    ? "no retry"
    : `retries for ${retryForMs === Infinity ? "ever" : formatDuration(retryForMs)}`;
