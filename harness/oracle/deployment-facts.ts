/** What the rendered deployment promises: the settings that routing, sampling and loss depend on. */
import { UsageError } from "../model/errors.js";
import type { SamplingFacts } from "../model/observer-api.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import {
  agentAnswersLast,
  balancerOf,
  gatewayAnswersLast,
  type Balancer,
} from "./acknowledgement.js";
import { autoscalerOf, type Autoscaler } from "./autoscaler.js";
import {
  batchOf,
  exporterOf,
  samplingOf,
  storageOf,
  type Batch,
  type Exporter,
  type Sampling,
} from "./collector-config.js";
import {
  COLLECTOR_DEFAULTS,
  DEFAULT_TERMINATION_GRACE_MS,
  FLUSHES_SINCE,
} from "./collector-defaults.js";
import { minReadyOf, selects } from "./disruption-budget.js";
import {
  loadBalancingFor,
  loadBalancingOf,
  ringShapeOf,
  splitsLogs,
  waitsForTheGone,
  routingOf,
  type Routing,
} from "./load-balancing.js";
import { collectorWorkloads, ofKind, parseManifests, type CollectorWorkload } from "./manifests.js";
import { isSince } from "./release.js";
import { agentResolver, type Resolver } from "./resolver.js";
import { FIRST_RING, type RingShape } from "./ring.js";
import { at, isMapping, listOf, mappingOf, numberOr, textOf, type Mapping } from "./untyped.js";

export interface AgentFacts {
  /** `DaemonSet/otel-agent`. */
  readonly workload: string;
  readonly resolver: Resolver;
  readonly ring: RingShape;
  readonly routing: Routing;
  readonly batch: Readonly<Record<Signal, Batch>>;
  /** Of each gateway's sub-exporter. */
  readonly exporter: Exporter;
  /** Queue and retry of the loadbalancing exporter itself, which route anew. */
  readonly balancer: Balancer;
  /** Whether everything waits while the exporters of gateways that are gone shut down. */
  readonly waitsForTheGone: boolean;
  /** Whether each trace's records of a batch of logs are a request of their own. */
  readonly splitsLogs: boolean;
  /** Whether an agent answers only when a gateway has. */
  readonly answersLast: Readonly<Record<Signal, boolean>>;
  readonly terminationGraceMs: number;
}

export interface GatewayFacts {
  readonly workload: string;
  readonly replicas: number;
  /** Null when the gateways do not sample. */
  readonly sampling: Sampling | null;
  readonly batch: Readonly<Record<Signal, Batch>>;
  readonly exporter: Readonly<Record<Signal, Exporter>>;
  /** The component ID of each signal's exporter, as it labels the collector's own counters. */
  readonly exporterId: Readonly<Record<Signal, string>>;
  /** Whether a gateway answers only when the backend has. */
  readonly answersLast: Readonly<Record<Signal, boolean>>;
  /** Whether it decides and hands on all that it has when it is asked to stop. */
  readonly flushes: boolean;
  readonly terminationGraceMs: number;
  /** It is asked to stop this long before its process is. */
  readonly preStopMs: number;
  readonly autoscaler: Autoscaler | null;
  /** minAvailable or maxUnavailable with its value; null without a budget. */
  readonly disruptionBudget: string | null;
  /** A gateway that is not ready was reached by its readiness probe this long before at the earliest. */
  readonly unreadyAfterMs: number;
  /** How many gateways evictions must leave ready; null when no budget selects them. */
  readonly minReady: number | null;
}

export interface DeploymentFacts {
  readonly agent: AgentFacts;
  readonly gateway: GatewayFacts;
  /** Why an owner cannot be predicted; empty when it can. */
  readonly unpredictableOwner: readonly string[];
  /** Why a sampling decision cannot be predicted; empty when it can. */
  readonly unpredictableSampling: readonly string[];
}

let latest: { readonly renderedYaml: string; readonly facts: DeploymentFacts } | undefined;

/**
 * Reads the facts. UsageError when there is no agent tier or no gateway tier, or when the YAML is broken. Those asked
 * for last are remembered: many histories of one deployment are judged one after the other.
 */
export function deploymentFacts(renderedYaml: string): DeploymentFacts {
  if (latest?.renderedYaml !== renderedYaml) {
    latest = { renderedYaml, facts: factsOf(renderedYaml) };
  }
  return latest.facts;
}

function factsOf(renderedYaml: string): DeploymentFacts {
  const manifests = parseManifests(renderedYaml);
  const workloads = collectorWorkloads(manifests);
  const agents = workloads.filter(({ config }) => loadBalancingOf(config) !== undefined);
  const [agent, second] = agents;
  const gateway = workloads.find((workload) => !agents.includes(workload));
  if (agent !== undefined && second !== undefined) {
    throw new UsageError(
      `rendered deployment: ${agent.name} and ${second.name} both use the loadbalancing exporter; a deployment under ` +
        "test has one tier of agents, so leave the other out in an overlay",
    );
  }
  if (agent === undefined || gateway === undefined) {
    throw new UsageError(
      "rendered deployment: needs a workload whose collector uses the loadbalancing exporter (agents)" +
        " and another collector workload (gateways)",
    );
  }
  const agentFacts = agentFactsOf(agent, manifests);
  const gatewayFacts = gatewayFactsOf(gateway, manifests);
  return {
    agent: agentFacts,
    gateway: gatewayFacts,
    unpredictableOwner: [...agentFacts.resolver.unpredictable, ...agentFacts.routing.unpredictable],
    unpredictableSampling: gatewayFacts.sampling?.unpredictable ?? [],
  };
}

function agentFactsOf(agent: CollectorWorkload, manifests: readonly Mapping[]): AgentFacts {
  const { config } = agent;
  const services = ofKind(manifests, "Service");
  const balancing = loadBalancingFor(config, "traces") ?? mappingOf(loadBalancingOf(config));
  const image = textOf(agent.container["image"]);
  const resolver = agentResolver(balancing, services, image);
  const ring = ringShapeOf(image);
  const exporter = exporterOf(at(balancing, "protocol", "otlp"), () => storageOf(agent, ""));
  const balancer = balancerOf(balancing, image, (id) => storageOf(agent, id));
  // Each signal may have an exporter of its own.
  const apart = SIGNALS.find((signal) => {
    const own = loadBalancingFor(config, signal);
    return own !== undefined && !sameSettings(own["resolver"], balancing["resolver"]);
  });
  return {
    workload: agent.name,
    resolver: {
      ...resolver,
      unpredictable: [
        ...resolver.unpredictable,
        ...(apart === undefined ? [] : [`the resolver of ${apart} is not that of traces`]),
        ...(ring === undefined ? [`the ring of ${image} is not known`] : []),
      ],
    },
    ring: ring ?? FIRST_RING,
    routing: routingOf(config, image),
    batch: eachSignal((signal) => batchOf(config, signal)),
    exporter,
    balancer,
    waitsForTheGone: waitsForTheGone(image),
    splitsLogs: splitsLogs(image),
    answersLast: eachSignal((signal) =>
      agentAnswersLast({ config, image, signal }, { exporter, balancer }),
    ),
    terminationGraceMs: graceOf(agent),
  };
}

function gatewayFactsOf(gateway: CollectorWorkload, manifests: readonly Mapping[]): GatewayFacts {
  const autoscaler = ofKind(manifests, "HorizontalPodAutoscaler")[0];
  const budgets = ofKind(manifests, "PodDisruptionBudget");
  const budget = budgets[0];
  const binding = budgets.find((one) => selects(one, gateway.object));
  // An autoscaler raises the replicas to its minimum at once.
  const expectedPods = Math.max(
    numberOr(at(gateway.object, "spec", "replicas"), 1),
    autoscaler === undefined ? 0 : autoscalerOf(autoscaler).minReplicas,
  );
  const image = textOf(gateway.container["image"]);
  const sampling = samplingOf(gateway.config, image);
  const exporter = eachSignal((signal) =>
    exporterOf(at(gateway.config, "exporters", exporterIdOf(gateway.config, signal)), (id) =>
      storageOf(gateway, id),
    ),
  );
  return {
    workload: gateway.name,
    replicas: numberOr(at(gateway.object, "spec", "replicas"), 1),
    sampling,
    batch: eachSignal((signal) => batchOf(gateway.config, signal)),
    exporter,
    answersLast: eachSignal((signal) =>
      gatewayAnswersLast(gateway.config, signal, exporter[signal]),
    ),
    flushes: isSince(image, FLUSHES_SINCE) && sampling?.dropsPending !== true,
    preStopMs: preStopOf(gateway),
    exporterId: eachSignal((signal) => exporterIdOf(gateway.config, signal)),
    terminationGraceMs: graceOf(gateway),
    autoscaler: autoscaler === undefined ? null : autoscalerOf(autoscaler),
    unreadyAfterMs: unreadyAfterMs(gateway),
    minReady: binding === undefined ? null : minReadyOf(binding, expectedPods),
    disruptionBudget: budget === undefined ? null : budgetText(mappingOf(budget["spec"])),
  };
}

const sameSettings = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What the kubelet itself waits before it tells the process; how long a command takes nobody knows. */
const preStopOf = ({ container }: CollectorWorkload): number =>
  numberOr(at(container, "lifecycle", "preStop", "sleep", "seconds"), 0) * 1_000;

function eachSignal<T>(of: (signal: Signal) => T): Record<Signal, T> {
  return Object.fromEntries(SIGNALS.map((signal) => [signal, of(signal)])) as Record<Signal, T>;
}

const exporterIdOf = (config: Mapping, signal: Signal): string =>
  textOf(listOf(at(config, "service", "pipelines", signal, "exporters"))[0]);

const graceOf = ({ podSpec }: CollectorWorkload): number =>
  numberOr(podSpec["terminationGracePeriodSeconds"], DEFAULT_TERMINATION_GRACE_MS / 1_000) * 1_000;

/**
 * The last probe that succeeded was followed by as many that failed as the threshold says, the last of which took its
 * whole timeout. Without a probe a pod is never unready for being out of reach. Defaults: Kubernetes, core/v1 Probe.
 */
function unreadyAfterMs({ container }: CollectorWorkload): number {
  const probe = container["readinessProbe"];
  if (!isMapping(probe)) return 0;
  const { periodSeconds, failureThreshold, timeoutSeconds } = probe;
  const periods = numberOr(periodSeconds, 10) * numberOr(failureThreshold, 3);
  return (periods + numberOr(timeoutSeconds, 1)) * 1_000;
}

const budgetText = (spec: Mapping): string =>
  ["minAvailable", "maxUnavailable"]
    .filter((key) => key in spec)
    .map((key) => `${key} ${textOf(spec[key])}`)
    .join(", ");

/** A policy that a deployment lacks keeps nothing: a threshold that no trace reaches, a share of 0 %. */
const NO_THRESHOLD_MS = Number.MAX_SAFE_INTEGER;

/** What the workload's plan must know. Without tail sampling every trace is kept. */
export function samplingFactsOf({ gateway: { sampling } }: DeploymentFacts): SamplingFacts {
  return {
    percentage: sampling === null ? 100 : (sampling.percentage ?? 0),
    salt: sampling?.salt ?? COLLECTOR_DEFAULTS.hashSalt,
    latencyThresholdMs: sampling?.latencyThresholdMs ?? NO_THRESHOLD_MS,
    decisionWaitMs: sampling?.decisionWaitMs ?? 0,
  };
}
