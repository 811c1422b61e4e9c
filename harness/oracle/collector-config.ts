/** Parts of one collector's configuration, with the collector's defaults where it says nothing. */
import type { Signal } from "../model/signal.js";
import { COLLECTOR_DEFAULTS as DEFAULTS } from "./collector-defaults.js";
import type { CollectorWorkload } from "./manifests.js";
import { isSince } from "./release.js";
import {
  at,
  booleanOr,
  durationOr,
  listOf,
  mappingOf,
  numberOr,
  textOf,
  type Mapping,
} from "./untyped.js";

export interface Batch {
  /** Longest that an item waits; 0 without a batch processor. */
  readonly timeoutMs: number;
  readonly size: number;
}

/** Where a sending queue lives, and so what ends it. */
export type QueueStorage = "memory" | "emptyDir" | "persistent volume" | "host directory";

export interface Exporter {
  readonly timeoutMs: number;
  /** Null when it is switched off: the sender waits for the answer. */
  readonly queue: {
    /** Requests that may wait. */
    readonly size: number;
    /** Requests that are sent, or wait for their next attempt, at a time; they are not in the queue any more. */
    readonly consumers: number;
    readonly storage: QueueStorage;
  } | null;
  /** How long a failed request is retried; 0 = not at all, Infinity = for ever. */
  readonly retryForMs: number;
  /** The waits between attempts: each so many times the one before, more or less by a share. */
  readonly retry: {
    readonly initialMs: number;
    readonly maxMs: number;
    readonly multiplier: number;
    readonly jitter: number;
  };
}

export interface Sampling {
  readonly decisionWaitMs: number;
  readonly numTraces: number;
  readonly keepsErrors: boolean;
  /** A trace that takes so long, or longer, is kept. */
  readonly latencyThresholdMs: number | null;
  readonly percentage: number | null;
  readonly salt: string;
  /** Policies and settings that the oracle has no model of: each may keep a trace that no other policy keeps. */
  readonly unpredictable: readonly string[];
  /** Those of them that may also drop what another policy keeps. */
  readonly overruling: readonly string[];
  /** Whether it forgets undecided traces when it stops although its release could decide them. */
  readonly dropsPending: boolean;
}

const typeOf = (componentId: string): string => componentId.split("/")[0] ?? "";

/** All batch processors of a signal's pipeline as one. */
export function batchOf(config: Mapping, signal: Signal): Batch {
  const ids = listOf(at(config, "service", "pipelines", signal, "processors")).map(textOf);
  const batches = ids
    .filter((id) => typeOf(id) === "batch")
    .map((id) => mappingOf(at(config, "processors", id)));
  return {
    timeoutMs: batches.reduce(
      (sum, batch) => sum + durationOr(batch["timeout"], DEFAULTS.batchTimeoutMs),
      0,
    ),
    size: Math.max(
      0,
      ...batches.map((batch) => numberOr(batch["send_batch_size"], DEFAULTS.batchSize)),
    ),
  };
}

/** `storageWith` finds where a storage extension keeps its files. */
export function exporterOf(
  settings: unknown,
  storageWith: (extensionId: string) => QueueStorage,
): Exporter {
  const queue = at(settings, "sending_queue");
  const retry = at(settings, "retry_on_failure");
  const storage = textOf(at(queue, "storage"));
  const maxElapsedMs = durationOr(at(retry, "max_elapsed_time"), DEFAULTS.retryMaxElapsedMs);
  return {
    timeoutMs: durationOr(at(settings, "timeout"), DEFAULTS.exportTimeoutMs),
    queue: booleanOr(at(queue, "enabled"), true)
      ? {
          size: numberOr(at(queue, "queue_size"), DEFAULTS.queueSize),
          consumers: numberOr(at(queue, "num_consumers"), DEFAULTS.queueConsumers),
          storage: storage === "" ? "memory" : storageWith(storage),
        }
      : null,
    retryForMs: !booleanOr(at(retry, "enabled"), true)
      ? 0
      : maxElapsedMs === 0
        ? Infinity
        : maxElapsedMs,
    retry: {
      initialMs: durationOr(at(retry, "initial_interval"), DEFAULTS.retryInitialIntervalMs),
      maxMs: durationOr(at(retry, "max_interval"), DEFAULTS.retryMaxIntervalMs),
      multiplier: numberOr(at(retry, "multiplier"), DEFAULTS.retryMultiplier),
      jitter: numberOr(at(retry, "randomization_factor"), DEFAULTS.retryJitter),
    },
  };
}

/** The mount that holds the directory of a storage extension; of nested ones the innermost. */
export function storageMount(
  { config, container }: Pick<CollectorWorkload, "config" | "container">,
  extensionId: string,
): Mapping | undefined {
  const directory =
    textOf(at(config, "extensions", extensionId, "directory")) || DEFAULTS.storageDirectory;
  const pathOf = ({ mountPath }: Mapping): string => textOf(mountPath).replace(/\/$/, "");
  return listOf(container["volumeMounts"])
    .map(mappingOf)
    .filter((mount) => `${directory}/`.startsWith(`${pathOf(mount)}/`))
    .sort((a, b) => pathOf(b).length - pathOf(a).length)[0];
}

/** What kind of volume holds the directory of a storage extension; the container's own disk dies with it. */
export function storageOf(
  workload: Pick<CollectorWorkload, "object" | "config" | "container" | "podSpec">,
  extensionId: string,
): QueueStorage {
  const name = storageMount(workload, extensionId)?.["name"];
  if (name === undefined) return "memory";
  const templates = listOf(at(workload.object, "spec", "volumeClaimTemplates"));
  if (templates.some((one) => at(one, "metadata", "name") === name)) return "persistent volume";
  const volume = listOf(workload.podSpec["volumes"])
    .map(mappingOf)
    .find((one) => one["name"] === name);
  if (volume === undefined) return "memory";
  if ("hostPath" in volume) return "host directory";
  return "emptyDir" in volume ? "emptyDir" : "persistent volume";
}

/**
 * The first release whose latency policy wants more than its threshold, and not that much (pull request 49595 of July
 * 2026): in whole milliseconds, one more. Read at v0.115.0 and v0.160.0.
 */
const LATENCY_ABOVE_SINCE = 160;

/** The tail sampling of the traces pipeline; null when it has none. `image`: that of the gateways. */
export function samplingOf(config: Mapping, image: string): Sampling | null {
  const ids = listOf(at(config, "service", "pipelines", "traces", "processors")).map(textOf);
  const id = ids.find((candidate) => typeOf(candidate) === "tail_sampling");
  if (id === undefined) return null;
  const settings = mappingOf(at(config, "processors", id));
  const policies = listOf(settings["policies"]).map(mappingOf);
  const latencies = policies.filter(isLatencyPolicy);
  const hashes = policies.filter(({ type }) => type === "probabilistic");
  const known = new Set([...policies.filter(isErrorPolicy), ...latencies, ...hashes.slice(0, 1)]);
  const unknown = policies.filter((policy) => !known.has(policy));
  const unmodelled = UNMODELLED.filter(([key, ...usual]) => !usual.includes(settings[key])).map(
    ([key]) => `tail sampling's ${key}`,
  );
  const salt = textOf(at(hashes[0], "probabilistic", "hash_salt"));
  return {
    decisionWaitMs: durationOr(settings["decision_wait"], DEFAULTS.decisionWaitMs),
    numTraces: numberOr(settings["num_traces"], DEFAULTS.numTraces),
    keepsErrors: policies.some((policy) => statusCodesOf(policy).includes("ERROR")),
    latencyThresholdMs:
      latencies.length === 0
        ? null
        : Math.min(
            ...latencies.map((policy) => numberOr(at(policy, "latency", "threshold_ms"), 0)),
          ) + (isSince(image, LATENCY_ABOVE_SINCE) ? 1 : 0),
    percentage:
      hashes[0] === undefined
        ? null
        : numberOr(at(hashes[0], "probabilistic", "sampling_percentage"), 0),
    salt: salt === "" ? DEFAULTS.hashSalt : salt,
    unpredictable: [...unknown.map(policyText), ...unmodelled],
    overruling: [...unknown.filter((policy) => !onlyKeeps(policy)).map(policyText), ...unmodelled],
    dropsPending: booleanOr(settings["drop_pending_traces_on_shutdown"], false),
  };
}

/**
 * Settings of later releases by which a trace is decided sooner than decision_wait, or by a part of it, and those of
 * their values with which it is not. Source: contrib v0.160.0 processor/tailsamplingprocessor/{config,processor}.go.
 */
const UNMODELLED: readonly (readonly [key: string, ...usual: unknown[]])[] = [
  ["decision_wait_after_root_received", undefined, "0s", 0],
  ["maximum_trace_size_bytes", undefined, 0],
  ["sampling_strategy", undefined, "trace-complete"],
];

const policyText = ({ name, type }: Mapping): string =>
  `tail sampling policy ${textOf(name)} (${textOf(type)})`;

const statusCodesOf = ({ type, status_code }: Mapping): readonly unknown[] =>
  type === "status_code" ? listOf(at(status_code, "status_codes")) : [];

const isErrorPolicy = (policy: Mapping): boolean => {
  const codes = statusCodesOf(policy);
  return codes.length === 1 && codes[0] === "ERROR";
};

const isLatencyPolicy = ({ type, latency }: Mapping): boolean =>
  type === "latency" && at(latency, "upper_threshold_ms") === undefined;

/** The types of 0.96.0. Any that keeps a trace wins over those that do not; a type of later releases may drop. */
const POLICY_TYPES: readonly unknown[] = [
  ...["always_sample", "and", "boolean_attribute", "composite", "latency", "numeric_attribute"],
  ...["ottl_condition", "probabilistic", "rate_limiting", "span_count", "status_code"],
  ...["string_attribute", "trace_state"],
];

/**
 * Whether a policy can do nothing but keep more traces. An inverted match that says no overrules every other
 * policy; inside `and` and `composite` it only says no for that policy.
 * Source: contrib v0.96.0 processor/tailsamplingprocessor/processor.go (makeDecision), internal/sampling/and.go
 * and composite.go.
 */
const onlyKeeps = (policy: Mapping): boolean => {
  const { type } = policy;
  const inverted = typeof type === "string" && booleanOr(at(policy, type, "invert_match"), false);
  return POLICY_TYPES.includes(type) && !inverted;
};
