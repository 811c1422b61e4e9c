/**
 * One row for each attempted item: what became of it, who could own it, and what explains its loss. Every
 * invariant queries the tables made here, so that they cannot disagree.
 */
import type { History } from "../history/open-history.js";
import type { TopologyEvent } from "../model/history.js";
import type { Signal } from "../model/signal.js";
import {
  deploymentFacts,
  samplingFactsOf,
  type DeploymentFacts,
} from "../oracle/deployment-facts.js";
import { gatewaySets, type GatewaySet } from "../oracle/epochs.js";
import { holdsOf, type Holds } from "../oracle/holds.js";
import {
  buildRing,
  endpointOf,
  ipOf,
  ownerAt,
  positionOf,
  routeKeyOf,
  type Ring,
} from "../oracle/ring.js";
import { sampledByHash } from "../oracle/sampling.js";
import { CLASSIFICATION } from "./classification-sql.js";

/** Scheduling and network on a busy machine: widens every window a little. */
export const SLACK_MS = 2_000;

export interface Judged {
  readonly history: History;
  readonly holds: Holds;
  readonly epochs: readonly GatewaySet[];
  /** Unix ms when the load phase began: the end of calibration. Infinity while calibrating. */
  readonly loadStartMs: number;
  /** Unix ms of the first fault's injection; Infinity without one. */
  readonly firstFaultMs: number;
  /** Unix ms of the oldest journal cut: what arrived later is not in the history. */
  readonly cutMs: number;
}

/** Makes the tables `items`, `traces` and `deaths` in the history's database. */
export async function classify(history: History): Promise<Judged> {
  const facts = deploymentFacts(history.renderedYaml);
  const holds = holdsOf(facts, history.facts.corefile);
  const topology = await history.query<TopologyEvent & { atMs: number }>(
    `SELECT at_ms AS "atMs", * EXCLUDE (at_ms) FROM topology ORDER BY at_ms`,
  );
  const epochs = gatewaySets(topology, facts.agent.resolver.service);
  await makeOracleTables(history, facts, epochs);
  for (const statement of CLASSIFICATION) await history.query(parametrize(statement, holds, facts));
  const [times] = await history.query<{ load: number | null; fault: number | null }>(
    `SELECT (SELECT min(at_ms) FROM phases WHERE phase = 'load') AS load,
            (SELECT min(at_ms) FROM faults WHERE step = 'injecting') AS fault`,
  );
  return {
    history,
    holds,
    epochs,
    loadStartMs: times?.load ?? Infinity,
    firstFaultMs: times?.fault ?? Infinity,
    cutMs: Math.min(...history.facts.journals.map(({ cutAtMs }) => cutAtMs)),
  };
}

/** Puts numbers from the configuration where the statements name them; no text ever gets into SQL this way. */
function parametrize(sql: string, holds: Holds, facts: DeploymentFacts): string {
  const latencyMs = facts.gateway.sampling?.latencyThresholdMs;
  const values: Record<string, number> = {
    SLACK: SLACK_MS,
    AGENT_BATCH: holds.agentBatchMs,
    GATEWAY_BATCH: holds.gatewayBatchMs,
    DECISION: holds.decisionMs,
    RESOLVE: holds.routingLagMs,
    LATENCY: latencyMs ?? Number.MAX_SAFE_INTEGER,
    PREDICTABLE: facts.unpredictableSampling.length === 0 ? 1 : 0,
  };
  return sql.replace(/\$([A-Z_]+)/g, (_, name: string) => String(values[name]));
}

/** Tables `epochs` (one a row), `keys` (route key, position, hash decision) and `key_owners`. */
async function makeOracleTables(
  history: History,
  facts: DeploymentFacts,
  epochs: readonly GatewaySet[],
): Promise<void> {
  await history.query("CREATE TABLE epochs (epoch DOUBLE, from_ms DOUBLE, to_ms DOUBLE)");
  await history.append(
    "epochs",
    epochs.map(({ atMs }, index) => [
      index,
      // What was there before the watch began is not known; the first set stands for it.
      index === 0 ? 0 : atMs,
      epochs[index + 1]?.atMs ?? Number.MAX_SAFE_INTEGER,
    ]),
  );
  await history.query(
    "CREATE TABLE keys (signal VARCHAR, key VARCHAR, position DOUBLE, hash_kept BOOLEAN)",
  );
  await history.query(
    "CREATE TABLE key_owners (signal VARCHAR, key VARCHAR, epoch DOUBLE, ip VARCHAR)",
  );
  const rings =
    facts.unpredictableOwner.length === 0
      ? epochs.map(({ ips }) =>
          buildRing(ips.map((ip) => endpointOf(ip, facts.agent.resolver.port))),
        )
      : [];
  const policy = facts.gateway.sampling === null ? null : samplingFactsOf(facts);
  const distinct = "SELECT DISTINCT signal, key FROM attempts";
  const rows = await history.query<{ signal: Signal; key: string }>(distinct);
  await history.append(
    "keys",
    rows.map(({ signal, key }) => [
      signal,
      key,
      positionOf(routeKeyOf(signal, key)),
      signal !== "traces" || policy === null || sampledByHash(key, policy),
    ]),
  );
  await history.append("key_owners", ownerRows(rows, rings));
}

function* ownerRows(
  rows: readonly { signal: Signal; key: string }[],
  rings: readonly Ring[],
): Iterable<(string | number)[]> {
  for (const { signal, key } of rows) {
    const position = positionOf(routeKeyOf(signal, key));
    for (const [epoch, ring] of rings.entries()) {
      yield [signal, key, epoch, ipOf(ownerAt(ring, position))];
    }
  }
}
