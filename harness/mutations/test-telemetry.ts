/** The collectors' own metrics in the run that never happened: what each pod counted, every five seconds. */
import type { SelfTelemetrySample } from "../model/history.js";
import { SIGNALS, type Signal } from "../model/signal.js";

/** Something that a pod counted, at its time. */
export interface Counted {
  readonly pod: string;
  readonly signal: Signal;
  readonly atMs: number;
  /** Route key. */
  readonly key: string;
}

export interface CountedPod {
  readonly pod: string;
  readonly tier: "agent" | "gateway";
  readonly fromMs: number;
  readonly toMs: number;
}

const EVERY_MS = 5_000;
const UNIT = { traces: "spans", metrics: "metric_points", logs: "log_records" } as const;
const METRIC = { agent: "otelcol_receiver_accepted", gateway: "otelcol_exporter_sent" } as const;

/** Samples of all pods; `backendsAt` is the number of gateways that agents know at a time. */
export function telemetry(
  pods: readonly CountedPod[],
  counted: readonly Counted[],
  backendsAt: (atMs: number) => number,
): SelfTelemetrySample[] {
  return pods.flatMap(({ pod, tier, fromMs, toMs }) => {
    const own = counted.filter((one) => one.pod === pod);
    const samples: SelfTelemetrySample[] = [];
    for (let atMs = fromMs; atMs <= toMs; atMs += EVERY_MS) {
      const sample = { atMs, pod, tier };
      for (const signal of SIGNALS) {
        const label = tier === "agent" ? 'receiver="otlp"' : `exporter="otlp/${signal}"`;
        samples.push({
          ...sample,
          metric: `${METRIC[tier]}_${UNIT[signal]}`,
          labels: `{${label}}`,
          value: own.filter((one) => one.signal === signal && one.atMs <= atMs).length,
        });
      }
      samples.push(
        ...(tier === "agent"
          ? [
              {
                ...sample,
                metric: "otelcol_loadbalancer_num_backends",
                labels: '{resolver="dns"}',
                value: backendsAt(atMs),
              },
            ]
          : decisions(own.filter((one) => one.atMs <= atMs)).map((one) => ({ ...sample, ...one }))),
      );
    }
    return samples;
  });
}

const SAMPLING = "otelcol_processor_tail_sampling";

/** Of a gateway that has passed on what it counted. */
const decisions = (counted: readonly Counted[]) => [
  { metric: `${SAMPLING}_sampling_trace_dropped_too_early`, labels: "", value: 0 },
  {
    metric: `${SAMPLING}_global_count_traces_sampled`,
    labels: '{sampled="true"}',
    value: new Set(counted.filter(({ signal }) => signal === "traces").map(({ key }) => key)).size,
  },
];
