/** Plants a few defects of known number in the receipts of a synthetic history. */
import type { Database } from "../history/database.js";
import { GATEWAYS, KILLED } from "./imagined-run.js";

/** What the judge must find, and nothing else: IDs by defect. */
export interface Planted {
  readonly lost: readonly string[];
  readonly misrouted: readonly string[];
  readonly duplicated: readonly string[];
  readonly leaked: readonly string[];
  readonly altered: readonly string[];
  readonly rekeyed: readonly string[];
}

const LOST = 5;

/** `spans` must hold traces that no fault touches. Every defect hits another trace. */
export async function plantDefects(database: Database): Promise<Planted> {
  const kept = await database.query<{ id: string }>(
    `SELECT arg_min(id, nth) AS id FROM spans WHERE class = 'hash-kept' AND received AND peer <> '${KILLED}'
     GROUP BY key ORDER BY min(n) LIMIT ${String(LOST + 4)}`,
  );
  const [dropped] = await database.query<{ id: string }>(
    "SELECT arg_min(id, nth) AS id FROM spans WHERE class = 'hash-dropped' GROUP BY key ORDER BY min(n) LIMIT 1",
  );
  const ids = kept.map(({ id }) => id);
  const [misrouted = "", duplicated = "", altered = "", rekeyed = ""] = ids.slice(LOST);
  const leaked = dropped?.id ?? "";
  const lost = ids.slice(0, LOST);
  const list = lost.map((id) => `'${id}'`).join(", ");
  const otherOf = (peer: string): string =>
    `CASE ${peer} WHEN '${GATEWAYS[0]}' THEN '${GATEWAYS[2]}' ELSE '${GATEWAYS[0]}' END`;
  for (const statement of [
    `DELETE FROM receipts WHERE id IN (${list})`,
    `UPDATE receipts SET peer = ${otherOf("peer")} WHERE id = '${misrouted}'`,
    `INSERT INTO receipts SELECT * FROM receipts WHERE id = '${duplicated}'`,
    `UPDATE receipts SET digest = 'altered' WHERE id = '${altered}'`,
    `UPDATE receipts SET key = (SELECT any_value(key) FROM spans WHERE id = '${duplicated}') WHERE id = '${rekeyed}'`,
    `INSERT INTO receipts BY NAME
     SELECT r.* EXCLUDE (id, key, digest, node, peer), a.id, a.key, a.digest,
       ['worker', 'worker2', 'worker3'][s.node + 1] AS node, s.peer
     FROM attempts a JOIN spans s ON s.id = a.id
       CROSS JOIN (SELECT * FROM receipts WHERE id = '${duplicated}' LIMIT 1) r WHERE a.id = '${leaked}'`,
  ]) {
    await database.query(statement);
  }
  return {
    lost,
    misrouted: [misrouted],
    duplicated: [duplicated],
    leaked: [leaked],
    altered: [altered],
    rekeyed: [rekeyed],
  };
}
