/** Asks the oracle what explains each lost item of a shard: the table `explained`. */
import type { History } from "../history/open-history.js";
import type { Cell } from "../history/database.js";
import type { Signal } from "../model/signal.js";
import type { DeploymentFacts } from "../oracle/deployment-facts.js";
import { routingLagMs } from "../oracle/epochs.js";
import { DIED_WITH_AGENT } from "./agent-deaths.js";
import { ruleText } from "../oracle/loss-rules.js";
import { explainLoss, type Ends } from "../oracle/loss-windows.js";
import type { PossibleOwner } from "../oracle/lost-item.js";
import { AUDITED_LOST, auditedParts } from "./audit.js";
import { LOST, parts } from "./loss-sql.js";

/** One lost item at one gateway that may have owned it. */
interface LostRow {
  readonly signal: Signal;
  readonly id: string;
  readonly sentMs: number;
  readonly ackedMs: number;
  readonly hashKept: boolean;
  readonly ip: string;
  readonly firstFromMs: number;
  readonly firstByMs: number;
  /** Whether this part of the trace certainly had a span with an error. */
  readonly error: boolean;
  /** First start to last end of what this part certainly had; null but for spans. */
  readonly spanMs: number | null;
  readonly diedWithAgent: boolean;
  readonly ringless: boolean;
  readonly traceDiedWithAgent: boolean;
  /** Whether agents may have held a span of the trace for this gateway; an audit shows when each came instead. */
  readonly heldUp?: boolean;
  /** Until when agents may have held the item itself for this gateway. */
  readonly heldUntilMs?: number | null;
  readonly crowdedOut: boolean;
  /** Of an audited run: when it came to this gateway, null when it did not, and whether a ring gives the gateway. */
  readonly reachedFromMs?: number | null;
  readonly reachedByMs?: number | null;
  readonly predicted?: boolean;
  /** Of the backend's record of what it did not take; null when it names no such thing. */
  readonly rejectedFrom: readonly string[] | null;
  readonly failedFromMs: number | null;
  readonly failedByMs: number | null;
}

/** Rows that are held at a time. */
const PAGE = 5_000;

/**
 * Makes the table of a shard's lost items, from `states` and `deaths`; with `audited` from what gateways were seen to
 * get. Its name.
 */
export async function gatherLosses(
  { query }: History,
  facts: DeploymentFacts,
  { shard, audited }: { shard: number; audited: boolean },
): Promise<string> {
  const decisionWaitMs = facts.gateway.sampling?.decisionWaitMs ?? 0;
  const table = `lost_${String(shard)}`;
  await query(DIED_WITH_AGENT);
  await query(audited ? auditedParts(decisionWaitMs) : parts(decisionWaitMs));
  await query(
    `CREATE OR REPLACE TABLE ${table} AS
     SELECT l.*, f.rejected_from AS "rejectedFrom", f.failed_from AS "failedFromMs", f.failed_by AS "failedByMs"
     FROM (${audited ? AUDITED_LOST : LOST}) l LEFT JOIN failures f ON f.signal = l.signal AND f.id = l.id`,
  );
  return table;
}

/**
 * Adds to `explained` what explains the items of a table of lost ones, and drops that. Uses connections of its own, so
 * that the next shard can be classified meanwhile.
 */
export async function explainLosses(
  history: History,
  facts: DeploymentFacts,
  ends: Ends,
  { table, shard }: { table: string; shard: number },
): Promise<void> {
  const lagMs = routingLagMs(facts.agent.resolver, history.facts.corefile);
  let page: Cell[][] = [];
  const flush = async (): Promise<void> => {
    await history.append("explained", page);
    page = [];
  };
  let item: LostRow[] = [];
  const explain = (): void => {
    const [first] = item;
    if (first === undefined) return;
    const owners = item.map((row) => ownerOf(row, facts));
    const rule = explainLoss({ ...first, ...failureOf(first), owners }, ends, facts, lagMs);
    if (rule !== null) {
      page.push([shard, first.signal, first.id, rule.place, ruleText(rule), rule.name]);
    }
    item = [];
  };
  for await (const rows of history.stream<LostRow>(`FROM ${table} ORDER BY signal, id, ip`)) {
    for (const row of rows) {
      if (row.id !== item[0]?.id || row.signal !== item[0].signal) explain();
      item.push(row);
    }
    if (page.length >= PAGE) await flush();
  }
  explain();
  await flush();
  await history.query(`DROP TABLE ${table}`);
}

function failureOf({ rejectedFrom, failedFromMs, failedByMs }: LostRow) {
  const failed =
    failedFromMs === null || failedByMs === null
      ? null
      : { fromMs: failedFromMs, byMs: failedByMs };
  return { rejectedFrom: rejectedFrom ?? [], failed };
}

function ownerOf(row: LostRow, { gateway }: DeploymentFacts): PossibleOwner {
  const thresholdMs = gateway.sampling?.latencyThresholdMs ?? Infinity;
  const keptByError = row.error && (gateway.sampling?.keepsErrors ?? false);
  return {
    ip: row.ip,
    firstFromMs: row.firstFromMs,
    firstByMs: row.firstByMs,
    // A gateway that no ring gives tears a trace by mistake, not by a change of the ring.
    mayLackEvidence:
      (row.predicted ?? true) && !row.hashKept && !keptByError && (row.spanMs ?? 0) < thresholdMs,
    heldUp: row.heldUp ?? false,
    heldUntilMs: row.heldUntilMs ?? null,
    crowdedOut: row.crowdedOut,
    reached: reachedOf(row),
  };
}

function reachedOf({ reachedFromMs, reachedByMs }: LostRow): PossibleOwner["reached"] {
  if (reachedFromMs === undefined || reachedByMs === undefined) return undefined;
  if (reachedFromMs === null || reachedByMs === null) return null;
  return { fromMs: reachedFromMs, byMs: reachedByMs };
}
