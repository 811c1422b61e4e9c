/**
 * Agents that started and may not have known any gateway yet. The loadbalancing exporter looks its gateways up when it
 * starts and, when that fails, again after an interval; until then its ring is empty, and what it acknowledges it drops
 * (opentelemetry-collector-contrib#29270).
 */
import type { TopologyEvent } from "../model/history.js";
import { WATCH_LAG_MS } from "./epochs.js";

export interface AgentStart {
  readonly node: string;
  /** The ring may have been empty within [fromMs, toMs]. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Every start that the watch saw: of a new pod until it is ready, and of a container that was started again. */
export function agentStartsIn(
  events: readonly TopologyEvent[],
  resolver: { readonly intervalMs: number; readonly timeoutMs: number },
): AgentStart[] {
  const emptyMs = resolver.intervalMs + resolver.timeoutMs + WATCH_LAG_MS;
  const pods = events
    .filter(({ source, tier }) => source === "pod" && tier === "agent")
    .sort((a, b) => a.atMs - b.atMs);
  const last = new Map<string, TopologyEvent>();
  /** When a pod that was never ready was first seen. */
  const starting = new Map<string, number>();
  const starts: AgentStart[] = [];
  for (const event of pods) {
    const { uid, node, atMs } = event;
    const known = last.get(uid);
    last.set(uid, event);
    if (known === undefined) starting.set(uid, atMs);
    const sinceMs = starting.get(uid);
    if (event.ready && sinceMs !== undefined) {
      starting.delete(uid);
      starts.push({ node, fromMs: sinceMs, toMs: atMs + emptyMs });
    } else if (known !== undefined && event.restarts > known.restarts) {
      starts.push({ node, fromMs: atMs - WATCH_LAG_MS, toMs: atMs + emptyMs });
    }
  }
  return starts;
}
