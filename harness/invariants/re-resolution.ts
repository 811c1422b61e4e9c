/**
 * Property: each agent's own number of gateways (otelcol_loadbalancer_num_backends) follows the gateway set of the
 * EndpointSlices. From calibration on, a sample must show the size of a set that was in force since the routing lag
 * (oracle/epochs.ts), one scrape interval, and, after a gateway left, the exporter's timeout, in which 0.96.0 may
 * not resolve; and while DNS was out or stale, nobody need follow. Any other number fails: an agent that never follows,
 * overshoots, or has an empty ring. Agents with a fixed list must show its size, whatever happens. It counts gateways
 * and does not name them. Inconclusive when an agent was not scraped while only the newest set was allowed, for as long
 * as a scrape takes to come round.
 */
import { formatDuration } from "../model/durations.js";
import type { InvariantResult } from "../model/invariant.js";
import type { Verdict } from "../model/verdict.js";
import {
  gatewaySets,
  knownByMs,
  routingLagMs,
  WATCH_LAG_MS,
  type DnsTrouble,
  type GatewaySet,
} from "../oracle/epochs.js";
import { ipOf } from "../oracle/ring.js";
import type { Judged } from "./classify.js";
import { podLives, type PodLife } from "./pod-lives.js";
import { evidenceRows, number, result } from "./result.js";

const PROPERTY = "Every agent's number of gateways follows the cluster within the routing lag.";
const METRIC = "otelcol_loadbalancer_num_backends";
/** The harness scrapes each pod this often, and a scrape takes a moment. */
const SCRAPE_MS = 6_000;

interface Sample {
  readonly pod: string;
  readonly atMs: number;
  readonly value: number;
}

/** A set of gateways and until when an agent may still know it. */
interface Known extends GatewaySet {
  readonly endsMs: number;
  readonly untilMs: number;
}

export async function reResolution({
  history,
  facts,
  topology,
  troubles,
  calibrationStartMs,
  cutMs,
}: Judged): Promise<InvariantResult> {
  const samples = await history.query<Sample>(
    `SELECT pod, at_ms AS "atMs", max(value) AS value FROM self_telemetry
     WHERE tier = 'agent' AND metric = '${METRIC}' AND at_ms >= $from
     GROUP BY pod, at_ms ORDER BY pod, at_ms`,
    { from: calibrationStartMs },
  );
  const { resolver, exporter } = facts.agent;
  const lagMs = routingLagMs(resolver, history.facts.corefile) + SCRAPE_MS;
  const delays = { lagMs, stallMs: exporter.timeoutMs, dns: troubles.dns };
  const isFixed = resolver.kind === "static";
  const list: GatewaySet = { atMs: calibrationStartMs, ips: resolver.fixed.map(ipOf) };
  const sets = known(isFixed ? [list] : gatewaySets(topology, resolver), delays);
  const wrong = samples.filter((sample) => !allowed(sets, sample).includes(sample.value));
  const agents = podLives(topology, "agent");
  const unseen = unseenChanges(sets, agents, samples, cutMs);
  const [first] = wrong;
  const [verdict, reason] = ((): [Verdict, string] => {
    if (first !== undefined) return ["fail", sayWrong(first, sets)];
    if (samples.length === 0) return ["inconclusive", `no agent's ${METRIC} was recorded`];
    if (sets.length === 0) return ["inconclusive", `no gateway of ${resolver.service} was seen`];
    if (unseen[0] !== undefined) return ["inconclusive", unseen[0]];
    return ["pass", `all ${number(samples.length)} samples show a gateway set that may be known`];
  })();
  return result("re-resolution", PROPERTY, verdict, {
    limit: isFixed
      ? `the ${number(list.ips.length)} gateways of the agents' list, always`
      : `known within ${formatDuration(lagMs)}`,
    actual: `${number(wrong.length)} of ${number(samples.length)} samples outside`,
    reason,
    evidence:
      first !== undefined
        ? evidenceRows(
            ["agent", "at_ms", "knew", "may know"],
            wrong.map((one) => [one.pod, one.atMs, one.value, allowed(sets, one).join(" or ")]),
          )
        : evidenceRows(
            ["agent", "gateways", "changed at_ms", "first known after ms"],
            follows(
              sets.filter(({ endsMs }) => endsMs > (samples[0]?.atMs ?? Infinity)),
              agents,
              samples,
            ),
          ),
  });
}

/** Each set may be known until the lag after its end, and longer when gateways left around that time. */
function known(
  sets: readonly GatewaySet[],
  { lagMs, stallMs, dns }: { lagMs: number; stallMs: number; dns: readonly DnsTrouble[] },
): Known[] {
  return sets.map((set, index) => {
    const endsMs = sets[index + 1]?.atMs ?? Infinity;
    const removed = sets.some(({ atMs, ips }, n) => {
      const before = sets[n - 1];
      const near = atMs <= endsMs && atMs >= endsMs - lagMs - stallMs;
      return near && before !== undefined && before.ips.some((ip) => !ips.includes(ip));
    });
    const heldUpMs = removed ? stallMs : 0;
    return { ...set, endsMs, untilMs: knownByMs(endsMs, lagMs, dns) + heldUpMs };
  });
}

const allowed = (sets: readonly Known[], { atMs }: { atMs: number }): number[] => [
  ...new Set(
    sets
      .filter((set, n) => (n === 0 || set.atMs - WATCH_LAG_MS <= atMs) && atMs <= set.untilMs)
      .map(({ ips }) => ips.length),
  ),
];

function sayWrong({ pod, atMs, value }: Sample, sets: readonly Known[]): string {
  const current = sets.findLast((set) => set.atMs <= atMs) ?? sets[0];
  const since = current === undefined ? "" : ` ${formatDuration(atMs - current.atMs)}`;
  return value === 0
    ? `agent ${pod} knew no gateway at all${since} after the last change: its ring was empty`
    : `agent ${pod} knew ${number(value)} gateways${since} after there were ` +
        number(current?.ips.length ?? 0);
}

/** Agents that were not scraped while a set was the only one that they may have known, before the record ended. */
function unseenChanges(
  sets: readonly Known[],
  agents: readonly PodLife[],
  samples: readonly Sample[],
  cutMs: number,
): string[] {
  return sets.flatMap((set, index) => {
    const fromMs = Math.max(set.atMs, ...sets.slice(0, index).map(({ untilMs }) => untilMs));
    const first = samples[0]?.atMs ?? Infinity;
    const endsMs = Math.min(set.endsMs, cutMs);
    // Over before a scrape was due of every agent that had to know it, or before calibration.
    if (fromMs + SCRAPE_MS > endsMs || endsMs <= first) return [];
    return agents
      .filter((agent) => agent.fromMs <= fromMs && agent.toMs > fromMs + SCRAPE_MS)
      .filter(
        ({ pod }) =>
          !samples.some((one) => one.pod === pod && one.atMs >= fromMs && one.atMs < endsMs),
      )
      .map(
        ({ pod }) =>
          `agent ${pod} was not scraped while it had to know ${String(set.ips.length)} gateways`,
      );
  });
}

const follows = (
  sets: readonly Known[],
  agents: readonly PodLife[],
  samples: readonly Sample[],
): (string | number | null)[][] =>
  sets.flatMap((set) =>
    agents.map(({ pod }) => {
      const seen = samples.find(
        (one) =>
          one.pod === pod &&
          one.value === set.ips.length &&
          one.atMs >= set.atMs - WATCH_LAG_MS &&
          one.atMs < set.untilMs,
      );
      return [pod, set.ips.length, set.atMs, seen === undefined ? null : seen.atMs - set.atMs];
    }),
  );
