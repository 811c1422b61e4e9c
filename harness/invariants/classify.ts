/**
 * One row for each attempted item: what became of it, who could own it, and what explains its loss. Every
 * invariant queries the tables made here, so that they cannot disagree.
 */
import type { Cell } from "../history/database.js";
import type { History } from "../history/open-history.js";
import type { TopologyEvent } from "../model/history.js";
import { BACKEND_OF_SIGNAL, SIGNALS, type Signal } from "../model/signal.js";
import { deathsIn, type Death } from "../oracle/deaths.js";
import {
  deploymentFacts,
  samplingFactsOf,
  type DeploymentFacts,
} from "../oracle/deployment-facts.js";
import { ringsOf, ringsWithin, type PossibleRing } from "../oracle/epochs.js";
import { holdMs, routedWithinMs } from "../oracle/holds.js";
import { buildRing, endpointOf, ipOf, ownerAt, positionOf, routeKeyOf } from "../oracle/ring.js";
import { sampledByHash } from "../oracle/sampling.js";
import { auditStateOf, type AuditState } from "./audit.js";
import { classification, items } from "./classification-sql.js";
import { explainLosses } from "./explain.js";

export interface Judged {
  readonly history: History;
  readonly facts: DeploymentFacts;
  /** In order of time. */
  readonly topology: readonly TopologyEvent[];
  /** Unix ms when the load phase began: the end of calibration. Infinity while calibrating. */
  readonly loadStartMs: number;
  /** Unix ms of the first fault's injection; Infinity without one. */
  readonly firstFaultMs: number;
  /** Unix ms of the oldest journal cut: what arrived later is not in the history. */
  readonly cutMs: number;
  readonly audit: AuditState;
}

/** Makes the tables `items`, `report_items`, `strays`, `traces`, `rings` and `deaths` in the history's database. */
export async function classify(history: History): Promise<Judged> {
  const facts = deploymentFacts(history.renderedYaml);
  const topology = await history.query<TopologyEvent>(
    `SELECT at_ms AS "atMs", * EXCLUDE (at_ms) FROM topology ORDER BY at_ms`,
  );
  const deaths = deathsIn(topology);
  await makeTables(history, facts, deaths);
  await predict(history, facts, ringsOf(facts, history.facts.corefile, topology));
  const { sampling } = facts.gateway;
  const audit = await auditStateOf(history);
  const audited = audit.kind === "whole";
  const statements = classification({
    audited,
    runId: history.facts.runId,
    sampling: {
      keepsErrors: sampling?.keepsErrors ?? false,
      latencyThresholdMs: sampling?.latencyThresholdMs ?? null,
      mayKeepMore: facts.unpredictableSampling.length > 0,
      mayDropMore: sampling !== null && sampling.overruling.length > 0,
    },
  });
  for (const sql of statements) await history.query(sql);
  await explainLosses(history, facts, deaths, audited);
  for (const sql of items(audited)) await history.query(sql);
  const [times] = await history.query<{ load: number | null; fault: number | null }>(
    `SELECT (SELECT min(at_ms) FROM phases WHERE phase = 'load') AS load,
            (SELECT min(at_ms) FROM faults WHERE step = 'injecting') AS fault`,
  );
  return {
    history,
    facts,
    audit,
    topology,
    loadStartMs: times?.load ?? Infinity,
    firstFaultMs: times?.fault ?? Infinity,
    cutMs: Math.min(...history.facts.journals.map(({ cutAtMs }) => cutAtMs)),
  };
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
    "CREATE TABLE holds (signal VARCHAR, routed_ms DOUBLE, hold_ms DOUBLE, cut_ms DOUBLE)",
  );
  await history.append(
    "holds",
    SIGNALS.map((signal) => [
      signal,
      routedWithinMs(facts, signal),
      holdMs(facts, signal),
      cutMsOf(history, signal),
    ]),
  );
}

/** When the journal of the signal's backend was cut; without one nothing was ever due. */
function cutMsOf({ facts: { journals } }: History, signal: Signal): number {
  const journal = journals.find(({ source }) => source === BACKEND_OF_SIGNAL[signal]);
  return journal?.cutAtMs ?? -Infinity;
}

interface Key {
  readonly signal: Signal;
  readonly key: string;
  /** First send, and last answer with the agent's time to route. */
  readonly fromMs: number;
  readonly byMs: number;
}

/** Tables `rings`, `keys` and `key_owners`: what must happen to everything that was sent. */
async function predict(
  history: History,
  facts: DeploymentFacts,
  possible: readonly PossibleRing[],
): Promise<void> {
  await history.query("CREATE TABLE rings (ring DOUBLE, from_ms DOUBLE, to_ms DOUBLE)");
  await history.append(
    "rings",
    possible.map(({ fromMs, toMs }, ring) => [ring, fromMs, toMs]),
  );
  await history.query(
    "CREATE TABLE keys (signal VARCHAR, key VARCHAR, position DOUBLE, hash_kept BOOLEAN)",
  );
  await history.query(
    "CREATE TABLE key_owners (signal VARCHAR, key VARCHAR, ring DOUBLE, ip VARCHAR)",
  );
  const policy = facts.gateway.sampling === null ? null : samplingFactsOf(facts);
  const ownersOf = predictOwners(facts, possible);
  const sent = history.stream<Key>(
    `SELECT a.signal, a.key, min(o.invoke_ms) AS "fromMs",
            max(coalesce(o.complete_ms, o.invoke_ms) + h.routed_ms) AS "byMs"
     FROM attempts a JOIN operations o USING (op) JOIN holds h ON h.signal = a.signal
     GROUP BY a.signal, a.key`,
  );
  for await (const rows of sent) {
    await history.append(
      "keys",
      rows.map(({ signal, key }) => [
        signal,
        key,
        positionOf(routeKeyOf(signal, key)),
        signal !== "traces" || policy === null || sampledByHash(key, policy),
      ]),
    );
    await history.append("key_owners", rows.flatMap(ownersOf));
  }
}

/** Rows of `key_owners`: the owner under each ring that was possible while the key was sent. */
function predictOwners(
  { agent, unpredictableOwner }: DeploymentFacts,
  possible: readonly PossibleRing[],
): (key: Key) => Cell[][] {
  if (unpredictableOwner.length > 0) return () => [];
  const rings = possible.map((ring, index) => ({
    ...ring,
    index,
    ring: buildRing(ring.ips.map((ip) => endpointOf(ip, agent.resolver.port))),
  }));
  return ({ signal, key, fromMs, byMs }) => {
    const position = positionOf(routeKeyOf(signal, key));
    return ringsWithin(rings, fromMs, byMs).map(({ ring, index }) => [
      signal,
      key,
      index,
      ipOf(ownerAt(ring, position)),
    ]);
  };
}
