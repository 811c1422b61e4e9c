/** The settings that a verdict rests on, as name and value for the report. */
import { formatDuration } from "../model/durations.js";
import type { Batch, Exporter } from "./collector-config.js";
import type { DeploymentFacts } from "./deployment-facts.js";

export interface Setting {
  readonly name: string;
  readonly value: string;
}

export function settings({ agent, gateway }: DeploymentFacts): Setting[] {
  const { resolver } = agent;
  const { sampling } = gateway;
  return [
    { name: "agents", value: agent.workload },
    {
      name: "agent resolver",
      value:
        `${resolver.hostname}${resolver.port === "" ? "" : `:${resolver.port}`}` +
        ` (${resolver.headless ? "headless" : "not headless"}), every ${formatDuration(resolver.intervalMs)},` +
        ` timeout ${formatDuration(resolver.timeoutMs)}`,
    },
    { name: "agent batch", value: batchText(agent.batch.traces) },
    { name: "agent exporter, per gateway", value: exporterText(agent.exporter) },
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
  ];
}

const batchText = ({ timeoutMs, size }: Batch): string =>
  timeoutMs === 0 ? "none" : `${String(size)} items or ${formatDuration(timeoutMs)}`;

function exporterText({ timeoutMs, queue, retryForMs }: Exporter): string {
  const retry =
    retryForMs === 0
      ? "no retry"
      : `retries for ${retryForMs === Infinity ? "ever" : formatDuration(retryForMs)}`;
  const held =
    queue === null ? "no queue" : `queue of ${String(queue.size)} requests in ${queue.storage}`;
  return `timeout ${formatDuration(timeoutMs)}, ${held}, ${retry}`;
}
