/**
 * Property: evictions leave as many gateways ready as the disruption budget demands. At each pod's first condition
 * DisruptionTarget with the reason EvictionByEvictionAPI, the other gateways that are ready and stay are counted;
 * fewer than minAvailable (or all but maxUnavailable) fails. Kills bypass a budget, so other moments are not judged.
 * Inconclusive without a budget, without an eviction, when the topology lacks the reasons, or when a gateway went
 * otherwise so shortly before that the budget's controller may not have known.
 */
import type { TopologyEvent } from "../model/history.js";
import type { InvariantResult } from "../model/invariant.js";
import type { Verdict } from "../model/verdict.js";
import { WATCH_LAG_MS } from "../oracle/epochs.js";
import type { Judged } from "./classify.js";
import { evidenceRows, number, result } from "./result.js";

const PROPERTY = "Evictions leave as many gateways ready as the disruption budget demands.";
const EVICTED = "EvictionByEvictionAPI";

interface Eviction {
  readonly atMs: number;
  readonly pod: string;
  readonly wasReady: boolean;
  /** Other gateways that are ready and not on their way out. */
  readonly left: number;
  /** A gateway went otherwise just before. */
  readonly crossed: boolean;
}

export function disruptionBudget({ facts, topology }: Judged): Promise<InvariantResult> {
  const { minReady } = facts.gateway;
  const evictions = evictionsIn(topology);
  const short = evictions.filter(({ wasReady, left }) => wasReady && left < (minReady ?? 0));
  const first = short.find(({ crossed }) => !crossed);
  const recorded = topology.some(({ disruption }) => disruption !== null);
  const [verdict, reason] = ((): [Verdict, string] => {
    if (minReady === null) return ["inconclusive", "no disruption budget selects the gateways"];
    if (!recorded)
      return ["inconclusive", "the topology was recorded without reasons of disruption"];
    if (first !== undefined) {
      return ["fail", `the eviction of ${first.pod} left ${number(first.left)} gateways ready`];
    }
    if (short[0] !== undefined) {
      return [
        "inconclusive",
        `a gateway went without an eviction just before ${short[0].pod} was evicted`,
      ];
    }
    if (evictions.length === 0) return ["inconclusive", "no gateway was evicted"];
    return ["pass", `${number(evictions.length)} evictions left enough gateways ready`];
  })();
  const fewest = Math.min(...evictions.map(({ left }) => left));
  return Promise.resolve(
    result("disruption-budget", PROPERTY, verdict, {
      limit: minReady === null ? "none" : `at least ${number(minReady)} ready`,
      actual:
        evictions.length === 0
          ? "0 evictions"
          : `${number(evictions.length)} evictions, ${number(fewest)} ready at least`,
      reason,
      evidence: evidenceRows(
        ["at_ms", "evicted", "was ready", "left ready"],
        evictions.map((one) => [one.atMs, one.pod, one.wasReady, one.left]),
      ),
    }),
  );
}

function evictionsIn(topology: readonly TopologyEvent[]): Eviction[] {
  const ready = new Map<string, boolean>();
  const evicted = new Set<string>();
  let wentMs = -Infinity;
  return topology.flatMap((event) => {
    if (event.source !== "pod" || event.tier !== "gateway") return [];
    const { uid, pod, atMs } = event;
    const wasReady = ready.get(uid) ?? false;
    const stays = event.ready && !event.terminating && event.change !== "deleted";
    const isNew = event.disruption === EVICTED && !evicted.has(uid);
    if (isNew) evicted.add(uid);
    ready.set(uid, stays && !evicted.has(uid));
    if (!isNew) {
      if (wasReady && !stays) wentMs = atMs;
      return [];
    }
    const left = [...ready.values()].filter(Boolean).length;
    return [{ atMs, pod, wasReady, left, crossed: atMs - wentMs <= WATCH_LAG_MS }];
  });
}
