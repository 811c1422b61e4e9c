/**
 * What a collector does where its configuration says nothing, the same at v0.96.0, v0.115.0, v0.160.0 and v0.161.0.
 * Sources: core processor/batchprocessor/factory.go, exporter/exporterhelper (queue_sender.go, timeout_sender.go; later
 * internal/queue_sender.go and internal/generated_config.go), config/configretry; contrib
 * processor/tailsamplingprocessor/factory.go and internal/sampling/probabilistic.go,
 * exporter/loadbalancingexporter/resolver_dns.go.
 */
export const COLLECTOR_DEFAULTS = {
  batchTimeoutMs: 200,
  batchSize: 8_192,
  queueSize: 1_000,
  queueConsumers: 10,
  exportTimeoutMs: 5_000,
  retryInitialIntervalMs: 5_000,
  retryMaxIntervalMs: 30_000,
  retryMaxElapsedMs: 300_000,
  retryMultiplier: 1.5,
  retryJitter: 0.5,
  decisionWaitMs: 30_000,
  numTraces: 50_000,
  hashSalt: "default-hash-seed",
  storageDirectory: "/var/lib/otelcol/file_storage",
  dnsIntervalMs: 5_000,
  dnsTimeoutMs: 1_000,
} as const;

/** Tail sampling decides on a tick of one second (processor.go, tickerFrequency). */
export const SAMPLING_TICK_MS = 1_000;

/**
 * The first release whose tail sampling decides what it holds when it stops (contrib#26490), unless
 * drop_pending_traces_on_shutdown; read at v0.160.0 and v0.161.0, absent at v0.115.0.
 */
export const FLUSHES_SINCE = 141;

/** Kubernetes' own default for a pod. */
export const DEFAULT_TERMINATION_GRACE_MS = 30_000;
