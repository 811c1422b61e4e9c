/** Makes the oracle's answers known to SQL: which rings were possible when, who owns a key, what its hash says. */
import type { History } from "../history/open-history.js";
import type { TopologyEvent } from "../model/history.js";
import type { Signal } from "../model/signal.js";
import { samplingFactsOf, type DeploymentFacts } from "../oracle/deployment-facts.js";
import { ringsOf, type DnsTrouble } from "../oracle/epochs.js";
import { endpointsOf } from "../oracle/resolver.js";
import { buildRing, ipOf, ownerAt, positionOf, routeKeyOf } from "../oracle/ring.js";
import { sampledByHash } from "../oracle/sampling.js";

/**
 * Makes the table `rings` (ring, from_ms, to_ms) and two functions. `fate(signal, key)`: twice the key's position on
 * the ring, and one more when the sampling hash keeps it. `owners_of(rings, position)`: the addresses that own the
 * position in any of the rings, sorted, joined by commas; empty when an owner cannot be predicted.
 */
export async function predict(
  history: History,
  facts: DeploymentFacts,
  { topology, dns }: { topology: readonly TopologyEvent[]; dns: readonly DnsTrouble[] },
): Promise<readonly PossibleTime[]> {
  const possible = ringsOf(facts, history.facts.corefile, topology, dns);
  await history.query("CREATE TABLE rings (ring DOUBLE, from_ms DOUBLE, to_ms DOUBLE)");
  await history.append(
    "rings",
    possible.map(({ fromMs, toMs }, ring) => [ring, fromMs, toMs]),
  );
  const { resolver, ring } = facts.agent;
  const policy = facts.gateway.sampling === null ? null : samplingFactsOf(facts);
  const { keys } = facts.agent.routing;
  history.define("fate_of_text", "text", "integer", (signal, key) => {
    const kept = signal !== "traces" || policy === null || sampledByHash(key, policy);
    const routeKey = routeKeyOf(signal as Signal, key, keys[signal as Signal]);
    return positionOf(routeKey, ring) * 2 + (kept ? 1 : 0);
  });
  const id = new Uint8Array(16);
  const halves = new DataView(id.buffer);
  history.define("fate_of_id", "uint64", "integer", (high, low) => {
    halves.setBigUint64(0, high);
    halves.setBigUint64(8, low);
    return positionOf(id, ring) * 2 + (policy === null || sampledByHash(id, policy) ? 1 : 0);
  });
  // Numbers come from SQL many times faster than texts do, and most keys are trace IDs.
  const byId = keys.traces === "trace-id" ? "sig = 'traces' AND length(key) = 32" : "false";
  const half = (from: number): string =>
    `TRY_CAST('0x' || key[${String(from)}:${String(from + 15)}] AS UBIGINT)`;
  await history.query(`
    CREATE MACRO fate(sig, key) AS
    coalesce(CASE WHEN ${byId} THEN fate_of_id(${half(1)}, ${half(17)}) END, fate_of_text(sig, key))`);
  const rings = possible.map(({ ips }) => buildRing(endpointsOf(ips, resolver), ring));
  history.define("owners_of", "text", "text", (names, position) => {
    if (facts.unpredictableOwner.length > 0 || names === "") return "";
    const ips = names.split(",").flatMap((name) => {
      const built = rings[Number(name)];
      return built === undefined ? [] : [ipOf(ownerAt(built, Number(position)))];
    });
    return [...new Set(ips)].sort().join();
  });
  return possible;
}

type PossibleTime = ReturnType<typeof ringsOf>[number];

/** SQL: the rings, as `owners_of` takes them, by which something sent from `from` may be routed until `by`. */
export function ringsBetween(possible: readonly PossibleTime[], from: string, by: string): string {
  const each = possible.map(
    ({ fromMs, toMs }, ring) =>
      `CASE WHEN ${number(fromMs)} < ${by} AND ${from} < ${number(toMs)} THEN '${String(ring)}' END`,
  );
  return each.length === 0 ? "''" : `concat_ws(',', ${each.join(", ")})`;
}

const number = (value: number): string => `'${String(value)}'::DOUBLE`;
