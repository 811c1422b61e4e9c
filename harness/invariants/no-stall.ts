/**
 * Property: while one gateway is dead or new, agents go on exporting to those that stayed ready (0.96.0 blocks every
 * export while the exporter of a removed gateway shuts down). Judged on metric points and log records, which only
 * batches hold: of each agent and each gateway that was in every set from a fault to the next, an item that the
 * agent answered since shortly before the fault must arrive within the usual hold (oracle/holds.ts) and the limit.
 * How much longer than before the fault the worst item took is the length of the stall. What never arrives is
 * zero-loss's. Inconclusive without a fault, without a gateway that stayed, or with too few items of a pair.
 */
import { formatDuration } from "../model/durations.js";
import type { InvariantResult, NoStall } from "../model/invariant.js";
import { BACKEND_OF_SIGNAL, type Signal } from "../model/signal.js";
import type { Verdict } from "../model/verdict.js";
import { gatewaySets } from "../oracle/epochs.js";
import type { Judged } from "./classify.js";
import { evidenceRows, number, result } from "./result.js";

const PROPERTY = "No agent holds back what is for healthy gateways while another one is dead.";
/** Fewer items from an agent through a gateway do not show that it went on exporting. */
const MIN_ITEMS = 20;
const BATCHED: readonly Signal[] = ["metrics", "logs"];

/** One agent and one gateway that stayed ready, after one fault. */
interface Pair {
  readonly fault: number;
  readonly node: string;
  readonly peer: string;
  readonly items: number;
  readonly heldUp: number;
  /** Beyond the usual hold; below 0 in time. Null without items. */
  readonly lateMs: number | null;
  /** By how much the worst delay exceeds the worst one before the first fault; null without either. */
  readonly stallMs: number | null;
}

export async function noStall(spec: NoStall, judged: Judged): Promise<InvariantResult> {
  const signals = BATCHED.filter(
    (signal) =>
      judged.history.facts.scenario.backends[BACKEND_OF_SIGNAL[signal]] === undefined &&
      judged.troubles.outages.every((outage) => outage.signal !== signal),
  );
  const pairs = await measure(spec, judged, signals);
  const heldUp = pairs.filter((pair) => pair.heldUp > 0);
  const few = pairs.find((pair) => pair.items < MIN_ITEMS);
  const worst = pairs.reduce<Pair | undefined>(
    (most, pair) => ((pair.stallMs ?? -Infinity) > (most?.stallMs ?? -Infinity) ? pair : most),
    undefined,
  );
  const stall =
    worst === undefined
      ? "no stall could be measured"
      : `longest stall about ${formatDuration(Math.max(0, worst.stallMs ?? 0))} (agent on ${worst.node}` +
        ` to ${worst.peer})`;
  const [verdict, reason] = ((): [Verdict, string] => {
    const [first] = heldUp;
    if (judged.firstFaultMs === Infinity) return ["inconclusive", "no fault was injected"];
    if (signals.length === 0) return ["inconclusive", "the backends delay what would show a stall"];
    if (first !== undefined) {
      const items = number(heldUp.reduce((sum, pair) => sum + pair.heldUp, 0));
      return [
        "fail",
        `${items} items for healthy gateways were held up; the agent on ${first.node} was ` +
          `${formatDuration(first.lateMs ?? 0)} late to ${first.peer}`,
      ];
    }
    if (few !== undefined) {
      const { items, node, peer } = few;
      return ["inconclusive", `only ${number(items)} items came from ${node} through ${peer}`];
    }
    if (pairs.length === 0) return ["inconclusive", "no gateway stayed ready through a fault"];
    return ["pass", `agents went on exporting to every healthy gateway; ${stall}`];
  })();
  return result("no-stall", PROPERTY, verdict, {
    limit: `${formatDuration(spec.limitMs)} beyond the usual hold`,
    actual: stall,
    reason,
    evidence: evidenceRows(
      ["fault", "agent on", "gateway", "items", "held up", "late_ms", "stall_ms"],
      [...heldUp, ...pairs.filter((pair) => pair.heldUp === 0)].map((pair) => [
        pair.fault,
        pair.node,
        pair.peer,
        pair.items,
        pair.heldUp,
        rounded(pair.lateMs),
        rounded(pair.stallMs),
      ]),
    ),
  });
}

const rounded = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));

async function measure(
  { limitMs }: NoStall,
  { history, facts, topology, firstFaultMs }: Judged,
  signals: readonly Signal[],
): Promise<Pair[]> {
  const faults = await history.query<{ fault: number; fromMs: number; toMs: number }>(
    `SELECT fault, at_ms AS "fromMs", lead(at_ms, 1, 'Infinity'::DOUBLE) OVER (ORDER BY at_ms) AS "toMs"
     FROM faults WHERE step = 'injected' ORDER BY at_ms`,
  );
  await history.query(
    "CREATE OR REPLACE TABLE healthy (fault DOUBLE, from_ms DOUBLE, to_ms DOUBLE, peer VARCHAR)",
  );
  const sets = gatewaySets(topology, facts.agent.resolver);
  await history.append(
    "healthy",
    faults.flatMap(({ fault, fromMs, toMs }) =>
      stayed(sets, fromMs, toMs).map((ip) => [fault, fromMs, toMs, ip]),
    ),
  );
  const wanted = signals.map((signal) => `'${signal}'`).join(", ") || "NULL";
  await history.query(
    `CREATE OR REPLACE TABLE held AS
     SELECT i.signal, i.nodes AS node, i.peers AS peer, i.complete_ms + h.routed_ms AS routed_ms,
       i.invoke_ms, i.received_ms - i.complete_ms AS took_ms, h.hold_ms
     FROM all_items i JOIN holds h ON h.signal = i.signal
     WHERE i.signal IN (${wanted}) AND i.answer = 'acked' AND NOT contains(i.nodes, ',')
       AND NOT contains(i.peers, ',')`,
  );
  return history.query<Pair>(
    `WITH calm AS (
       SELECT signal, node, peer, max(took_ms) AS took_ms FROM held
       WHERE invoke_ms + hold_ms < $firstFaultMs GROUP BY signal, node, peer)
     SELECT g.fault, n.node, g.peer, count(s.took_ms) AS items,
       count(*) FILTER (s.took_ms > s.hold_ms + $limitMs) AS "heldUp",
       max(s.took_ms - s.hold_ms) AS "lateMs", max(s.took_ms - c.took_ms) AS "stallMs"
     FROM healthy g CROSS JOIN (SELECT DISTINCT node FROM operations) n
     LEFT JOIN held s ON s.node = n.node AND s.peer = g.peer
       AND s.routed_ms >= g.from_ms AND s.invoke_ms < g.to_ms
     LEFT JOIN calm c ON c.signal = s.signal AND c.node = s.node AND c.peer = s.peer
     GROUP BY g.fault, n.node, g.peer ORDER BY g.fault, n.node, g.peer`,
    { limitMs, firstFaultMs: Math.min(firstFaultMs, Number.MAX_SAFE_INTEGER) },
  );
}

/** The gateways of the set at a time that are in every set until another. */
function stayed(sets: ReturnType<typeof gatewaySets>, fromMs: number, toMs: number): string[] {
  const at = sets.findLastIndex(({ atMs }) => atMs <= fromMs);
  const [first, ...later] = sets.filter(({ atMs }, index) => index >= at && atMs < toMs);
  return (first?.ips ?? []).filter((ip) => later.every(({ ips }) => ips.includes(ip)));
}
