/**
 * One row for each attempted item: what became of it, who could own it, and what explains its loss. Every
 * invariant queries the tables made here, so that they cannot disagree.
 */
import type { History } from "../history/open-history.js";
import type { FaultEvent, TopologyEvent } from "../model/history.js";
import { BACKEND_OF_SIGNAL, SIGNALS, type Signal } from "../model/signal.js";
import { agentStartsIn, type AgentStart } from "../oracle/agent-starts.js";
import { deathsIn, type Death } from "../oracle/deaths.js";
import { departuresIn, heldUpIn, type HeldUp } from "../oracle/departures.js";
import { deploymentFacts, type DeploymentFacts } from "../oracle/deployment-facts.js";
import { routingLagMs } from "../oracle/epochs.js";
import { holdMs, inAgentMs, routedWithinMs } from "../oracle/holds.js";
import { fullQueuesIn, outagesIn } from "../oracle/outages.js";
import { agentNodesIn, pausesIn, stallsIn, type Pause } from "../oracle/stalls.js";
import { auditStateOf, type AuditState } from "./audit.js";
import {
  classification,
  countReceived,
  items,
  KEYS,
  operations,
  SHARED,
  STATED,
  states,
  strays,
  views,
  type Classification,
} from "./classification-sql.js";
import { explainLosses, gatherLosses } from "./explain.js";
import { predict, ringsBetween } from "./predict.js";
import { tallyItems, type Tally } from "./tally.js";
import { makeTroubles, troublesIn, type Troubles } from "./troubles.js";
import { closeShard, countShards, keepShard, moveHome, openShard, writeShards } from "./shards.js";

export interface Judged {
  readonly history: History;
  readonly facts: DeploymentFacts;
  /** In order of time. */
  readonly topology: readonly TopologyEvent[];
  /** Unix ms when calibration began: the agents knew all gateways by then. 0 when that is not on record. */
  readonly calibrationStartMs: number;
  /** Unix ms when the load phase began: the end of calibration. Infinity while calibrating. */
  readonly loadStartMs: number;
  /** Unix ms of the first fault's injection; Infinity without one. */
  readonly firstFaultMs: number;
  /** Unix ms of the oldest journal cut: what arrived later is not in the history. */
  readonly cutMs: number;
  readonly audit: AuditState;
  /** What faults did to backends and DNS. */
  readonly troubles: Troubles;
  readonly tally: readonly Tally[];
}

/**
 * Makes the tables `items`, `report_items`, `strays`, `traces`, `rings` and `deaths` in the history's database, and
 * counts all items.
 */
export async function classify(history: History): Promise<Judged> {
  const facts = deploymentFacts(history.renderedYaml);
  const topology = await history.query<TopologyEvent>(
    `SELECT at_ms AS "atMs", * EXCLUDE (at_ms) FROM topology ORDER BY at_ms`,
  );
  const { resolver } = facts.agent;
  const events = await faultEvents(history);
  const outages = outagesIn(events);
  const troubles = await troublesIn(history, facts, events, topology);
  const { unreadyAfterMs, preStopMs } = facts.gateway;
  const deaths = deathsIn(topology, resolver, outages, preStopMs);
  const lagMs = routingLagMs(resolver, history.facts.corefile);
  const departures = departuresIn(topology, { deaths, outages }, { resolver, unreadyAfterMs });
  const full = fullQueuesIn(events).flatMap(({ uid, ...times }) => {
    const ip = topology.findLast((event) => event.uid === uid && event.ip !== "")?.ip;
    return ip === undefined ? [] : [{ ip, ...times }];
  });
  await makeTables(history, facts, deaths);
  await makeAgentStarts(history, agentStartsIn(topology, resolver));
  await makeTroubles(history, troubles);
  const { dns } = troubles;
  const stalls = stallsIn(topology, outages, facts.agent, { lagMs, dns });
  const agentNodes = agentNodesIn(topology);
  await makeHeldUp(
    history,
    heldUpIn(departures, outages, { topology, lagMs, dns, stalls, agentNodes }),
  );
  await makeCrowded(history, facts);
  await makePauses(history, pausesIn(outages, stalls, { agentNodes, lagMs }));
  const possible = await predict(history, facts, { topology, dns });
  const { sampling } = facts.gateway;
  const audit = await auditStateOf(history, facts);
  const options: Classification = {
    runId: history.facts.runId,
    audited: audit.kind === "whole",
    sampling: {
      keepsErrors: sampling?.keepsErrors ?? false,
      latencyThresholdMs: sampling?.latencyThresholdMs ?? null,
      decisionWaitMs: sampling?.decisionWaitMs ?? 0,
      mayKeepMore: facts.unpredictableSampling.length > 0,
      mayDropMore: sampling !== null && sampling.overruling.length > 0,
    },
    ringsBetween: (from, by) => ringsBetween(possible, from, by),
  };
  const shards = await countShards(history);
  await history.query([operations(options), ...SHARED].join(";\n"));
  await writeShards(history, shards);
  // One shard's losses are explained here while the database goes on to the next.
  let explaining: Promise<void> = Promise.resolve();
  const judgeShard = async (shard: number): Promise<void> => {
    await openShard(history, shard, shards);
    await history.query(classification(shard, options).join(";\n"));
    await keepShard(history, { table: "items", shard, shards }, items(options));
    await history.query(states(shard));
    const [stated] = await history.query<{ known: boolean; whole: boolean }>(STATED);
    if (stated?.known !== true) await history.query(strays(shard, options.runId));
    await explaining;
    await history.query(`DELETE FROM explained WHERE shard = ${String(shard)}`);
    if (stated?.whole !== true) {
      const table = await gatherLosses(history, facts, { shard, audited: options.audited });
      const ends = { deaths, departures, full, ...troubles };
      explaining = explainLosses(history, facts, ends, { table, shard });
      // Whoever waits for it hears of its failure; until then nobody does.
      explaining.catch(() => undefined);
    }
    await keepShard(history, { table: "keys", shard, shards }, KEYS);
    await history.query(countReceived(shard).join(";\n"));
    await drop(history, [
      "arrived",
      "resends",
      "arrived_again",
      "shard_keys",
      "repeated",
      "parts",
      "died_with_agent",
    ]);
    await closeShard(history, shards);
  };
  try {
    for (let shard = 0; shard < shards; shard++) await judgeShard(shard);
    for (const home of await moveHome(history, shards)) await judgeShard(home);
  } finally {
    await explaining;
  }
  await history.query(views(shards, options).join(";\n"));
  const [times] = await history.query<Record<"calibration" | "load" | "fault", number | null>>(
    `SELECT (SELECT min(at_ms) FROM phases WHERE phase = 'calibrate') AS calibration,
            (SELECT min(at_ms) FROM phases WHERE phase = 'load') AS load,
            (SELECT min(at_ms) FROM faults WHERE step = 'injecting') AS fault`,
  );
  return {
    history,
    facts,
    audit,
    troubles,
    tally: await tallyItems(history),
    topology,
    calibrationStartMs: times?.calibration ?? 0,
    loadStartMs: times?.load ?? Infinity,
    firstFaultMs: times?.fault ?? Infinity,
    cutMs: Math.min(...history.facts.journals.map(({ cutAtMs }) => cutAtMs)),
  };
}

/** A row of `faults`. */
type FaultRow = Pick<FaultEvent, "atMs" | "fault" | "step"> & Record<"spec" | "targets", string>;

/** The faults' record, with what is kept as JSON read. */
async function faultEvents(history: History): Promise<Omit<FaultEvent, "proof">[]> {
  const rows = await history.query<FaultRow>(
    `SELECT at_ms AS "atMs", fault, spec::VARCHAR AS spec, step, targets::VARCHAR AS targets
     FROM faults ORDER BY at_ms`,
  );
  return rows.map(({ atMs, fault, spec, step, targets }) => ({
    atMs,
    fault,
    step,
    spec: JSON.parse(spec) as FaultEvent["spec"],
    targets: JSON.parse(targets) as FaultEvent["targets"],
  }));
}

/** What is no longer needed makes room at once. */
async function drop(history: History, tables: readonly string[]): Promise<void> {
  await history.query(tables.map((table) => `DROP TABLE IF EXISTS ${table}`).join("; "));
}

const DEATH_COLUMNS = ["tier", "pod", "uid", "ip", "node", "kind"] as const;

async function makeTables(
  history: History,
  facts: DeploymentFacts,
  deaths: readonly Death[],
): Promise<void> {
  const names = DEATH_COLUMNS.map((name) => `${name} VARCHAR`).join(", ");
  await history.query(
    `CREATE TABLE deaths (${names}, seen_ms DOUBLE, from_ms DOUBLE, to_ms DOUBLE)`,
  );
  await history.append(
    "deaths",
    deaths.map((death) => [
      ...DEATH_COLUMNS.map((name) => death[name]),
      death.seenMs,
      death.fromMs,
      death.toMs,
    ]),
  );
  await history.query(
    "CREATE TABLE holds (signal VARCHAR, routed_ms DOUBLE, agent_ms DOUBLE, hold_ms DOUBLE, cut_ms DOUBLE)",
  );
  await history.append(
    "holds",
    SIGNALS.map((signal) => [
      signal,
      routedWithinMs(facts, signal),
      inAgentMs(facts, signal),
      holdMs(facts, signal),
      cutMsOf(history, signal),
    ]),
  );
}

async function makeAgentStarts(history: History, starts: readonly AgentStart[]): Promise<void> {
  await history.query("CREATE TABLE agent_starts (node VARCHAR, from_ms DOUBLE, to_ms DOUBLE)");
  await history.append(
    "agent_starts",
    starts.map(({ node, fromMs, toMs }) => [node, fromMs, toMs]),
  );
}

async function makeHeldUp(history: History, heldUp: readonly HeldUp[]): Promise<void> {
  await history.query(
    "CREATE TABLE held_up (ip VARCHAR, node VARCHAR, from_ms DOUBLE, to_ms DOUBLE)",
  );
  await history.append(
    "held_up",
    heldUp.map(({ ip, node, fromMs, toMs }) => [ip, node, fromMs, toMs]),
  );
}

/**
 * When an agent that was held up may have had more requests of a signal at once than one gateway's queue takes: up to
 * one for each item that was sent to it meanwhile, whatever the sender heard of that, if all were for that gateway.
 * Only logs are so many requests; those of other signals are one for each batch.
 */
async function makeCrowded(history: History, { agent }: DeploymentFacts): Promise<void> {
  const { queue } = agent.exporter;
  const most = queue === null || !agent.splitsLogs ? Infinity : queue.size + queue.consumers;
  await history.query(
    `CREATE TABLE crowded AS
     SELECT o.signal, o.node, u.ip, u.from_ms, u.to_ms
     FROM held_up u JOIN operations o ON coalesce(u.node = o.node, true) JOIN holds h ON h.signal = o.signal
     WHERE o.signal = 'logs' AND o.invoke_ms <= u.to_ms
       AND u.from_ms <= coalesce(o.complete_ms, o.invoke_ms) + h.routed_ms
     GROUP BY ALL HAVING sum(o.items) > '${String(most)}'::DOUBLE`,
  );
}

async function makePauses(history: History, pauses: readonly Pause[]): Promise<void> {
  await history.query(
    "CREATE TABLE pauses (node VARCHAR, from_ms DOUBLE, to_ms DOUBLE, ring_from_ms DOUBLE)",
  );
  await history.append(
    "pauses",
    pauses.map(({ node, fromMs, toMs, ringFromMs }) => [node, fromMs, toMs, ringFromMs]),
  );
}

/** When the journal of the signal's backend was cut; without one nothing was ever due. */
function cutMsOf({ facts: { journals } }: History, signal: Signal): number {
  const journal = journals.find(({ source }) => source === BACKEND_OF_SIGNAL[signal]);
  return journal?.cutAtMs ?? -Infinity;
}
