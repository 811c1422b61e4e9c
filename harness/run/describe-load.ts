/** How a load is going, in one line whose first parts matter most: what does not fit is left out from the end. */
import { formatDuration } from "../model/durations.js";
import type { TopologyEvent } from "../model/history.js";
import type { BackendStatus, GeneratorStatus } from "../model/observer-api.js";
import { SIGNALS, type Signal } from "../model/signal.js";

export interface LoadState {
  readonly generator: Pick<GeneratorStatus, "attempted" | "acked">;
  readonly backends: readonly Pick<BackendStatus, "received">[];
  /** Items sent a second since the look before; undefined at the first. */
  readonly perSecond: number | undefined;
  readonly gateways: GatewayCount | undefined;
  readonly next: { readonly what: string; readonly inMs: number };
}

interface GatewayCount {
  readonly ready: number;
  readonly wanted: number;
}

type Counts = Readonly<Record<Signal, number>>;

/** Items of all signals. */
export const total = (counts: Counts): number =>
  SIGNALS.reduce((sum, signal) => sum + counts[signal], 0);

/**
 * `gateways 3/3 · kill-gateway in 9.0 s · sent 12,000 (700/s) · acked 11,990 · received 5,210 · missing 40`.
 * Missing are acknowledged metric points and log records that no backend has yet; spans are not among them,
 * for sampling keeps few, and which of the missing are lost only the judge can say.
 */
export function describeLoad({ generator, backends, ...rest }: LoadState): string {
  const { perSecond, gateways, next } = rest;
  const received = (signal: Signal): number =>
    backends.reduce((sum, backend) => sum + backend.received[signal], 0);
  const missing = (["metrics", "logs"] as const).reduce(
    (sum, signal) => sum + Math.max(0, generator.acked[signal] - received(signal)),
    0,
  );
  const rate = perSecond === undefined ? "" : ` (${count(Math.round(perSecond))}/s)`;
  return [
    ...(gateways === undefined
      ? []
      : [`gateways ${String(gateways.ready)}/${String(gateways.wanted)}`]),
    `${next.what} in ${formatDuration(Math.max(next.inMs, 0))}`,
    `sent ${count(total(generator.attempted))}${rate}`,
    `acked ${count(total(generator.acked))}`,
    `received ${count(SIGNALS.reduce((sum, signal) => sum + received(signal), 0))}`,
    `missing ${count(missing)}`,
  ].join(" · ");
}

const count = (n: number): string => n.toLocaleString("en-US");

/** The gateways' pods by what the watch saw last of each; undefined before it saw one. */
export function countGateways(events: readonly TopologyEvent[]): GatewayCount | undefined {
  const pods = new Map<string, TopologyEvent>();
  for (const event of events) {
    if (event.source !== "pod" || event.tier !== "gateway") continue;
    if (event.change === "deleted") pods.delete(event.uid);
    else pods.set(event.uid, event);
  }
  const wanted = [...pods.values()].filter(({ terminating }) => !terminating);
  if (pods.size === 0) return undefined;
  return { ready: wanted.filter(({ ready }) => ready).length, wanted: wanted.length };
}
