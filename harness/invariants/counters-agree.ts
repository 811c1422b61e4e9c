/**
 * Property: the collectors' own counters say what really happened. Of an agent, receiver_accepted is what was
 * acknowledged to the generator on its node; a send without an answer may or may not be counted. Of a gateway,
 * exporter_sent is what the backend got from its address: at most the receipts and what a partial success rejected,
 * which 0.96.0 counts as sent, and with send_failed at least the distinct items; it decided to keep as many traces as
 * came from it, or more where a fault kept some from their backend, and evicted none before its decision. One
 * counter outside of its bounds fails. A pod that died, was restarted under load, or was not scraped after its last
 * item is unknown. Inconclusive when every pod of a tier that carried items is unknown.
 */
import type { InvariantResult } from "../model/invariant.js";
import { BACKEND_OF_SIGNAL, SIGNALS, type Signal } from "../model/signal.js";
import type { Judged } from "./classify.js";
import { lastCounters, type PodCounters } from "./pod-counters.js";
import { evidenceRows, number, result } from "./result.js";

const PROPERTY = "The collectors' own counters agree with what was sent and received.";
/** A counter is raised and an answer is written within this time of each other. */
const SETTLE_MS = 1_000;
const UNIT: Record<Signal, string> = {
  traces: "spans",
  metrics: "metric_points",
  logs: "log_records",
};
const KEPT = "otelcol_processor_tail_sampling_global_count_traces_sampled";
const EVICTED = "otelcol_processor_tail_sampling_sampling_trace_dropped_too_early";

/** One counter of one pod beside what the record shows. */
interface Comparison {
  readonly tier: "agent" | "gateway";
  readonly pod: string;
  readonly counter: string;
  readonly counted: number | null;
  readonly atLeast: number;
  readonly atMost: number;
  /** Why the counter cannot be compared; null when it can. */
  readonly unknown: string | null;
}

export async function countersAgree(judged: Judged): Promise<InvariantResult> {
  const pods = await lastCounters(judged);
  const rows = [...(await agents(judged, pods)), ...(await gateways(judged, pods))];
  const known = rows.filter(({ unknown }) => unknown === null);
  const wrong = known.filter(({ counted, atLeast, atMost }) =>
    counted === null ? false : counted < atLeast || counted > atMost,
  );
  const blind = (["agent", "gateway"] as const).filter(
    (tier) => !known.some((row) => row.tier === tier),
  );
  const [first] = wrong;
  const unknown = rows.length - known.length;
  const verdict = first !== undefined ? "fail" : blind.length > 0 ? "inconclusive" : "pass";
  return result("counters-agree", PROPERTY, verdict, {
    limit: "0 disagree",
    actual:
      `${number(wrong.length)} of ${number(known.length)} disagree, ` +
      `${number(unknown)} cannot be compared`,
    reason:
      first !== undefined
        ? `${first.counter} of ${first.pod} says ${number(first.counted ?? 0)}, seen were ${bounds(first)}`
        : blind.length > 0
          ? `no ${blind.join(" and no ")} can be compared: ${whyBlind(rows, blind[0])}`
          : `all ${number(known.length)} counters of pods that lived through are right`,
    evidence: evidenceRows(
      ["pod", "counter", "counted", "seen", "compared"],
      (first === undefined ? rows : [...wrong, ...rows.filter((row) => !wrong.includes(row))]).map(
        (row) => [
          row.pod,
          row.counter,
          row.counted,
          bounds(row),
          row.unknown ?? (wrong.includes(row) ? "disagrees" : "agrees"),
        ],
      ),
    ),
  });
}

const bounds = ({ atLeast, atMost }: Comparison): string =>
  atLeast === atMost ? number(atMost) : `${number(atLeast)} to ${number(atMost)}`;

const whyBlind = (rows: readonly Comparison[], tier: string | undefined): string =>
  rows.find((row) => row.tier === tier)?.unknown ?? "none carried an item";

async function agents({ history }: Judged, pods: readonly PodCounters[]): Promise<Comparison[]> {
  const sent = await history.query<{
    node: string;
    signal: Signal;
    acked: number;
    possible: number;
    fromMs: number;
    toMs: number;
  }>(
    `SELECT node, signal, coalesce(sum(items) FILTER (outcome = 'acked'), 0)::DOUBLE AS acked,
       coalesce(sum(items) FILTER (outcome <> 'refused'), 0)::DOUBLE AS possible,
       min(min(invoke_ms)) OVER (PARTITION BY node) AS "fromMs",
       max(max(coalesce(complete_ms, invoke_ms))) OVER (PARTITION BY node) AS "toMs"
     FROM operations GROUP BY node, signal ORDER BY node, signal`,
  );
  return sent.map(({ node, signal, acked, possible, fromMs, toMs }) => {
    const own = pods.filter(
      (pod) => pod.tier === "agent" && pod.node === node && pod.toMs >= fromMs,
    );
    const [pod] = own;
    const counter = `otelcol_receiver_accepted_${UNIT[signal]}`;
    const unknown =
      pod === undefined
        ? `no agent was seen on ${node}`
        : own.length > 1
          ? `${node} had more than one agent`
          : whyUnknown(pod, fromMs, toMs);
    return compare("agent", pod?.pod ?? node, counter, pod?.sum(counter) ?? null, {
      atLeast: acked,
      atMost: possible,
      unknown,
    });
  });
}

async function gateways(
  { history, facts }: Judged,
  pods: readonly PodCounters[],
): Promise<Comparison[]> {
  const of = SIGNALS.map((signal) => `('${signal}', '${BACKEND_OF_SIGNAL[signal]}')`).join(", ");
  const got = await history.query<{
    peer: string;
    signal: Signal;
    receipts: number;
    distinct: number;
    rejected: number;
    keys: number;
    asked: number;
    toMs: number;
  }>(
    `SELECT peer, signal, count(*) FILTER (did = '') AS receipts,
       count(DISTINCT (id, run)) FILTER (did = '') AS distinct, count(*) FILTER (did = 'rejected') AS rejected,
       count(DISTINCT key) FILTER (did = '') AS keys, count(DISTINCT key) AS asked,
       max(max(at_ms)) OVER (PARTITION BY peer) AS "toMs"
     FROM (SELECT source, peer, signal, id, run, key, at_ms, '' AS did FROM receipts
           UNION ALL SELECT source, peer, signal, id, '', key, at_ms, did FROM treatments)
     WHERE (signal, source) IN (${of}) GROUP BY peer, signal ORDER BY peer, signal`,
  );
  const sent = got.flatMap((row) => {
    const { peer, signal, receipts, distinct, rejected, keys, asked, toMs } = row;
    const at = pods.filter((pod) => pod.tier === "gateway" && pod.ip === peer);
    const [pod] = at;
    const exporter = `exporter="${facts.gateway.exporterId[signal]}"`;
    const counter = `otelcol_exporter_sent_${UNIT[signal]}`;
    const failed = pod?.sum(`otelcol_exporter_send_failed_${UNIT[signal]}`, exporter) ?? 0;
    const unknown =
      pod === undefined
        ? `no gateway of the topology has the address ${peer}`
        : at.length > 1
          ? `${peer} belonged to more than one gateway`
          : whyUnknown(pod, -Infinity, toMs);
    const name = pod?.pod ?? peer;
    const seen = { atLeast: distinct - failed, atMost: receipts + rejected, unknown };
    const traces = { atLeast: keys, atMost: asked, unknown };
    const sampled = pod?.sum(KEPT, 'sampled="true"') ?? null;
    return [
      compare("gateway", name, counter, pod?.sum(counter, exporter) ?? null, seen),
      ...(signal === "traces" && facts.gateway.sampling !== null
        ? [compare("gateway", name, KEPT, sampled, traces)]
        : []),
    ];
  });
  const evicted = pods
    .filter((pod) => pod.tier === "gateway" && pod.sum(EVICTED) !== null)
    .map((pod) =>
      compare("gateway", pod.pod, EVICTED, pod.sum(EVICTED), {
        atLeast: 0,
        atMost: 0,
        unknown: null,
      }),
    );
  // An eviction counter alone shows nothing of what was sent.
  return sent.some(({ unknown }) => unknown === null) ||
    evicted.some(({ counted }) => counted !== 0)
    ? [...sent, ...evicted]
    : sent;
}

function whyUnknown(pod: PodCounters, fromMs: number, toMs: number): string | null {
  if (pod.diedMs !== null && pod.diedMs >= fromMs) return "died or restarted";
  if (pod.scrapedMs < toMs + SETTLE_MS) return "was not scraped after its last item";
  return null;
}

function compare(
  tier: Comparison["tier"],
  pod: string,
  counter: string,
  counted: number | null,
  { unknown, ...limits }: Pick<Comparison, "atLeast" | "atMost" | "unknown">,
): Comparison {
  const missing = counted === null ? "the counter was not recorded" : null;
  return { tier, pod, counter, counted, ...limits, unknown: unknown ?? missing };
}
