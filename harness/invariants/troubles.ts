/** What faults did to backends and DNS, as the history has it: tables and functions that the other queries use. */
import type { History } from "../history/open-history.js";
import type { FaultEvent, TopologyEvent } from "../model/history.js";
import { BACKEND_OF_SIGNAL, SIGNALS } from "../model/signal.js";
import type { DeploymentFacts } from "../oracle/deployment-facts.js";
import { dnsTroubles, timesWithout, type DnsTrouble } from "../oracle/epochs.js";
import {
  backendOutages,
  mayOverflow,
  troublesOf,
  type BackendOutage,
  type FaultStep,
  type Trouble,
} from "../oracle/backend-outages.js";
import { holdMs } from "../oracle/holds.js";

export interface Troubles {
  readonly outages: readonly BackendOutage[];
  readonly dns: readonly DnsTrouble[];
  /** Times without an API server: a watch that does not notice at once sees nothing. */
  readonly unwatched: readonly Pick<Trouble, "fromMs" | "toMs">[];
  /** Agents that got more than they can carry, by pod: how long they hold what they have, their settings do not say. */
  readonly overloaded: readonly string[];
}

/** Reads them from the faults' record, and from the topology when there was no gateway that DNS could name. */
export async function troublesIn(
  history: History,
  facts: DeploymentFacts,
  events: readonly (FaultStep & Pick<FaultEvent, "targets">)[],
  topology: readonly TopologyEvent[],
): Promise<Troubles> {
  const troubles = troublesOf(events);
  const outages = await Promise.all(
    backendOutages(troubles, facts).map(async (outage) => {
      const fromMs = outage.fromMs - holdMs(facts, outage.signal);
      const [sent] = await history.query<{ items: number }>(
        `SELECT coalesce(sum(items), 0)::DOUBLE AS items FROM operations
         WHERE signal = '${outage.signal}'
           AND invoke_ms BETWEEN ${number(fromMs)} AND ${number(outage.heldUntilMs)}`,
      );
      return { ...outage, overflows: mayOverflow(outage, sent?.items ?? 0, facts) };
    }),
  );
  const unwatched = troubles.filter(({ spec }) => spec.kind === "control-plane-outage");
  const nobody = timesWithout(topology, facts.agent.resolver);
  const dns = [...dnsTroubles(troubles), ...nobody].sort((a, b) => a.fromMs - b.fromMs);
  const overloads = events.filter(
    ({ spec }) => spec.kind === "load-surge" && spec.shows === "oom-kill",
  );
  const pods = overloads.flatMap(({ targets }) => targets.map(({ name }) => name));
  return { outages, dns, unwatched, overloaded: [...new Set(pods)] };
}

/**
 * Makes the function `due_ms(signal, sent_ms, usual_ms)` (oracle/backend-outages.ts, dueMs) and the table `failures`
 * (signal, id, rejected_from: gateways from which it was rejected for good; failed_from, failed_by: first and last
 * failure that may be followed by another attempt). Final is what an exporter does not send again: core v0.96.0
 * exporter/otlpexporter/otlp.go, shouldRetry; a partial success it only logs.
 */
export async function makeTroubles(history: History, { outages }: Troubles): Promise<void> {
  const held = outages.map(
    ({ signal, fromMs, toMs, heldUntilMs }) =>
      `CASE WHEN sig = '${signal}' AND usual >= ${number(fromMs)} AND sent <= ${number(toMs)}
       THEN ${number(heldUntilMs)} ELSE usual END`,
  );
  const due = held.length === 0 ? "usual" : `greatest(usual, ${held.join(", ")})`;
  await history.query(`CREATE MACRO due_ms(sig, sent, usual) AS ${due}`);
  const own = SIGNALS.map((signal) => `('${signal}', '${BACKEND_OF_SIGNAL[signal]}')`).join(", ");
  await history.query(`
    CREATE TABLE failures AS
    SELECT signal, id, coalesce(list(DISTINCT peer) FILTER (final), []) AS rejected_from,
           min(at_ms) FILTER (again) AS failed_from, max(at_ms) FILTER (again) AS failed_by
    FROM (
      SELECT *, did IN ('refused', 'ignored') AND NOT final AS again FROM (
        SELECT *, did = 'rejected'
                  OR (did = 'refused' AND (code = 3 OR (code = 8 AND retry_after_ms IS NULL))) AS final
        FROM treatments WHERE (signal, source) IN (${own})))
    GROUP BY signal, id`);
}

const number = (value: number): string => `'${String(value)}'::DOUBLE`;
