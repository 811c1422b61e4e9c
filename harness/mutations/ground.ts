/** A recorded history in which a defect can be planted: its tables can be changed, its victims are known. */
import type { History } from "../history/open-history.js";
import type { RunFacts } from "../history/run-facts.js";
import type { TableName } from "../history/tables.js";
import { UsageError } from "../model/errors.js";
import type { Scenario } from "../model/scenario.js";
import type { Signal } from "../model/signal.js";

/** An item whose fate no fault can excuse. */
export interface Victim {
  readonly signal: Signal;
  readonly id: string;
  readonly key: string;
  /** The gateway that it came through, or must have come through. */
  readonly peer: string;
}

/** What defects are planted on: picked once from the history as it was recorded. */
export interface Victims {
  /** Delivered, sent when the ring had settled again after the fault, to a gateway that lived on. */
  readonly span: Victim;
  readonly otherSpan: Victim;
  readonly metric: Victim;
  readonly log: Victim;
  /** The first span of a delivered trace, by class: hash-kept, error-last, slow-union, long. */
  readonly ofClass: (traceClass: string) => Victim;
  /** Sent within a second of the kill, to a gateway that lived on. */
  readonly besideTheKill: Victim;
  /** Sent while calibrating. */
  readonly calibrating: Victim;
  /** Sent while calibrating, long before the kill, to the gateway that was killed. */
  readonly longBeforeTheKill: Victim;
  /** Sent last of all. */
  readonly late: Victim;
  /** A span that sampling dropped. */
  readonly sampledOut: Victim;
  /** A span that the killed gateway held for its decision, as an audit saw; of an audited run only. */
  readonly held: Victim | undefined;
  /** A gateway that is not the one of `span`, was there before the fault and lived on. */
  readonly otherGateway: string;
  readonly killed: string;
  readonly faultMs: number;
  readonly calibratedTraces: number;
}

/** What a mutation changes. */
export interface Ground {
  readonly victims: Victims;
  facts: RunFacts;
  renderedYaml: string;
  /** Changes tables of the history by SQL; they are named first. */
  change(tables: readonly TableName[], ...statements: string[]): Promise<void>;
}

/** An open history as ground. */
export function groundOf(history: History, victims: Victims): Ground {
  const thawed = new Set<TableName>();
  return {
    victims,
    facts: history.facts,
    renderedYaml: history.renderedYaml,
    change: async (tables, ...statements) => {
      await thaw(history, tables, thawed);
      for (const statement of statements) await history.query(statement);
      if (tables.includes("receipts")) await recount(history, thawed);
    },
  };
}

async function thaw(
  history: History,
  tables: readonly TableName[],
  thawed: Set<TableName>,
): Promise<void> {
  for (const table of tables.filter((name) => !thawed.has(name))) {
    await history.query(`CREATE TABLE thawing AS SELECT * FROM ${table}`);
    await history.query(`DROP VIEW ${table}`);
    await history.query(`ALTER TABLE thawing RENAME TO ${table}`);
    thawed.add(table);
  }
}

const COUNTED = {
  traces: "otelcol_exporter_sent_spans",
  metrics: "otelcol_exporter_sent_metric_points",
  logs: "otelcol_exporter_sent_log_records",
} as const;

/**
 * Makes the gateways' own counters follow changed receipts: else counters-agree would see every defect of what was
 * received, and none would show that the other invariants see it by themselves.
 */
async function recount(history: History, thawed: Set<TableName>): Promise<void> {
  await thaw(history, ["self_telemetry"], thawed);
  const of = `FROM receipts r WHERE r.peer IN (SELECT ip FROM topology t
    WHERE t.source = 'pod' AND t.pod = self_telemetry.pod AND t.ip <> '')`;
  for (const [signal, metric] of Object.entries(COUNTED)) {
    await history.query(
      `UPDATE self_telemetry SET value = (SELECT count(*) ${of} AND r.signal = '${signal}')
       WHERE tier = 'gateway' AND metric = '${metric}'`,
    );
  }
  await history.query(
    `UPDATE self_telemetry SET value =
       (SELECT count(DISTINCT r.key) ${of} AND r.signal = 'traces')
     WHERE tier = 'gateway' AND metric LIKE '%global_count_traces_sampled' AND labels LIKE '%true%'`,
  );
}

const FIELDS = "signal, id, key, coalesce(peers[1], owners[1]) AS peer";
/** The ring has settled this long after a fault, and so long before it nothing is at risk, ms. */
const SETTLED_MS = 22_000;
const AT_RISK_MS = 45_000;
/** Sent so long before a fault, an item was surely at its gateway, and the decision about it not yet due, ms. */
const SURELY_THERE_MS = 10_000;
const HELD_MS = 25_000;

/** Picks victims from a judged history; UsageError when it is no passing run of one killed gateway. */
export async function pickVictims(history: History, calibratedTraces: number): Promise<Victims> {
  const [fault] = await history.query<{ at: number; ip: string | null }>(
    `SELECT min(f.at_ms) AS at, (SELECT ip FROM deaths WHERE tier = 'gateway' LIMIT 1) AS ip
     FROM faults f WHERE step = 'injected'`,
  );
  if (fault?.ip === undefined || fault.ip === null) {
    throw new UsageError("mutations are planted in a run with one killed gateway: gateway-kill");
  }
  const [faultMs, killed] = [fault.at, fault.ip];
  const one = async (what: string, where: string, order = "id"): Promise<Victim> => {
    const [victim] = await history.query<Victim>(
      `SELECT ${FIELDS} FROM items WHERE len(owners) <= 1 AND ${where} ORDER BY ${order} LIMIT 1`,
    );
    if (victim === undefined) throw new UsageError(`the run has no ${what} to plant a defect on`);
    return victim;
  };
  const delivered = `state = 'delivered' AND owners[1] <> '${killed}'`;
  const settledMs = faultMs + SETTLED_MS;
  const calm = `${delivered} AND invoke_ms BETWEEN ${String(settledMs)} AND ${String(settledMs + SETTLED_MS)}`;
  const spans = `signal = 'traces' AND ${calm}`;
  const span = await one("span", `${spans} AND class = 'hash-kept'`);
  const classes = new Map<string, Victim>();
  for (const name of ["hash-kept", "error-all", "error-last", "slow-union", "long"]) {
    classes.set(
      name,
      await one(`trace of class ${name}`, `${spans} AND class = '${name}'`, "id DESC"),
    );
  }
  const calibrated = `signal = 'traces' AND ${delivered} AND key IN (SELECT key FROM calibrated)`;
  const early = `complete_ms < ${String(faultMs - AT_RISK_MS)}`;
  return {
    span,
    otherSpan: await one("other span", `${spans} AND key <> '${span.key}'`),
    metric: await one("metric point", `signal = 'metrics' AND ${calm}`),
    // The earliest: a gateway's whole request with it then lies within the limit for recovery.
    log: await one("log record", `signal = 'logs' AND ${calm}`, "invoke_ms"),
    ofClass: (name) => classes.get(name) ?? span,
    besideTheKill: await one(
      "span beside the kill",
      `signal = 'traces' AND ${delivered} AND abs(invoke_ms - ${String(faultMs)}) < 1000`,
    ),
    calibrating: await one("span of the calibration", calibrated),
    longBeforeTheKill: await one(
      "early log record of the killed gateway",
      `signal = 'logs' AND state = 'delivered' AND owners[1] = '${killed}' AND ${early}`,
    ),
    late: await one("late log record", `signal = 'logs' AND ${delivered}`, "invoke_ms DESC"),
    sampledOut: await one(
      "span that sampling dropped",
      `signal = 'traces' AND state = 'sampled-out' AND invoke_ms > ${String(faultMs + SETTLED_MS)}`,
    ),
    held: (history.facts.scenario as Partial<Scenario>).audit
      ? await one(
          "span that the killed gateway held",
          `signal = 'traces' AND class = 'hash-kept' AND rule_name = 'tail-sampling-memory'
             AND list_contains(audited, '${killed}')
             AND invoke_ms BETWEEN ${String(faultMs - HELD_MS)} AND ${String(faultMs - SURELY_THERE_MS)}`,
        )
      : undefined,
    otherGateway: (await one("other gateway", `${calibrated} AND peers[1] <> '${span.peer}'`)).peer,
    killed,
    faultMs,
    calibratedTraces,
  };
}
