/** Writes a sealed history of any size, deterministic from its seed, with defects whose number is known. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase, SMALL, type Cell, type Database } from "../history/database.js";
import { LATER_TABLES } from "../history/tables.js";
import { sealTables, writeTables } from "../history/write-history.js";
import { deploymentFacts, samplingFactsOf } from "../oracle/deployment-facts.js";
import {
  buildRing,
  endpointOf,
  ipOf,
  ownerAt,
  positionOf,
  RING_SIZE,
  routeKeyOf,
} from "../oracle/ring.js";
import { sampledByHash } from "../oracle/sampling.js";
import {
  endpointOfNode,
  factsOf,
  faults,
  GATEWAYS,
  KILLED,
  NEW_GATEWAY,
  NODES,
  phases,
  RUN_ID,
  scenarioOf,
  sizeOf,
  START_MS,
  topology,
} from "./imagined-run.js";
import { appendChunk, spansOf, TABLES_SQL } from "./imagined-sql.js";
import { plantDefects, type Planted } from "./plant-defects.js";

const DEPLOYMENT = join(import.meta.dirname, "../../fixtures/histories/deployment.yaml");
const TRACES_PER_CHUNK = 100_000;
export const EXPECTED_FILE = "expected.json";

/** What judging the history must give. */
export interface Expected {
  readonly spans: number;
  readonly delivered: number;
  readonly sampledOut: number;
  readonly lostExplained: number;
  readonly planted: Planted;
}

/** Seals the history in `dir`/history and writes what must come out of it to `dir`/expected.json. */
export async function writeSyntheticHistory(
  dir: string,
  spans: number,
  seed: bigint,
): Promise<void> {
  const historyDir = join(dir, "history");
  await mkdir(historyDir, { recursive: true });
  const renderedYaml = await readFile(DEPLOYMENT, "utf8");
  const { traces, lengthMs } = sizeOf(spans);
  const database = await openDatabase({ ...SMALL, memoryMb: 2_000, threads: 2, onDisk: true });
  try {
    for (const sql of TABLES_SQL) await database.query(sql);
    await predict(database, renderedYaml);
    const chunks = Math.ceil(traces / TRACES_PER_CHUNK);
    const facts = deploymentFacts(renderedYaml);
    const delays = {
      agentBatchMs: facts.agent.batch.traces.timeoutMs,
      gatewayBatchMs: facts.gateway.batch.traces.timeoutMs,
      ...samplingFactsOf(facts),
    };
    for (let chunk = 0; chunk < chunks; chunk++) {
      const from = chunk * TRACES_PER_CHUNK;
      const to = Math.min(from + TRACES_PER_CHUNK, traces);
      await database.query(spansOf({ from, to, seed, msPerTrace: lengthMs / traces }, delays));
      for (const sql of appendChunk(chunk)) await database.query(sql);
    }
    // The last traces are far from the fault.
    await database.query("DELETE FROM spans WHERE n < (SELECT quantile_cont(n, 0.8) FROM spans)");
    const planted = await plantDefects(database);
    const lines = await writeRecord(database, historyDir, lengthMs);
    await sealTables(historyDir, factsOf(lengthMs, lines, seed), renderedYaml);
    await writeFile(join(dir, EXPECTED_FILE), JSON.stringify(await expectedOf(database, planted)));
  } finally {
    await database.close();
  }
}

/** The oracle's answers: `fate` for each trace, and `owners` of each position while each gateway set serves. */
async function predict(database: Database, renderedYaml: string): Promise<void> {
  const facts = deploymentFacts(renderedYaml);
  const policy = samplingFactsOf(facts);
  database.define("fate", "text", "integer", (_signal, key) => {
    const position = positionOf(routeKeyOf("traces", key));
    return position * 2 + (sampledByHash(key, policy) ? 1 : 0);
  });
  const left = GATEWAYS.filter((ip) => ip !== KILLED);
  const rings = [GATEWAYS, left, [...left, NEW_GATEWAY]].map((ips) =>
    buildRing(ips.map((ip) => endpointOf(ip, facts.agent.resolver.port))),
  );
  await database.query("CREATE TABLE owners (position INTEGER, phase INTEGER, ip VARCHAR)");
  const rows: Cell[][] = rings.flatMap((ring, phase) =>
    Array.from({ length: RING_SIZE }, (_, position) => [
      position,
      phase,
      ipOf(ownerAt(ring, position)),
    ]),
  );
  await database.append("owners", rows);
}

/** Writes the tables of the history; gives the number of lines of each journal. */
async function writeRecord(
  database: Database,
  dir: string,
  lengthMs: number,
): Promise<Record<string, number>> {
  const json = (records: readonly object[]): string =>
    `(SELECT unnest(from_json('${JSON.stringify(records).replaceAll("'", "''")}', `;
  const rowsOf = (records: readonly object[], type: string): string =>
    `${json(records)}'[${type}]'), recursive := true))`;
  const endpoints = NODES.map((_, index) => `'${endpointOfNode(index)}'`).join(", ");
  const nodes = NODES.map((node) => `'${node}'`).join(", ");
  const [counts] = await database.query<{ ops: number; requests: number }>(
    "SELECT (SELECT count(*) FROM sent) AS ops, (SELECT max(seq) FROM receipts) AS requests",
  );
  const lines = { generator: 1 + 2 * (counts?.ops ?? 0), tempo: 1 + (counts?.requests ?? 0) };
  const opened = `${String(START_MS - 2_000)}::DOUBLE`;
  const journal = (source: string, last: number, k: string): string =>
    `SELECT '${source}' AS source, range AS seq, 'first' AS boot, CASE range WHEN 0 THEN 'open' ELSE ${k} END AS k,
       ${opened} AS at_ms, CASE range WHEN 0 THEN '${RUN_ID}' END AS run FROM range(${String(last)})`;
  await database.query("SET preserve_insertion_order = true");
  await writeTables(database, dir, {
    operations: `
      SELECT op, 'traces' AS signal, [${nodes}][node + 1] AS node, [${endpoints}][node + 1] AS endpoint, invoke_ms,
        invoke_ms + 2 AS complete_ms, 'acked' AS outcome, 0::INTEGER AS code, '' AS message, items FROM sent`,
    attempts: "SELECT * FROM attempts",
    receipts: "SELECT * FROM receipts",
    audit_receipts: "SELECT * FROM receipts LIMIT 0",
    treatments: LATER_TABLES["treatments"] ?? "",
    journal: [
      journal(
        "generator",
        lines.generator,
        "CASE range % 2 WHEN 1 THEN 'invoke' ELSE 'complete' END",
      ),
      journal("tempo", lines.tempo, "'receipt'"),
      journal("mimir", 1, "''"),
      journal("loki", 1, "''"),
    ].join(" UNION ALL "),
    topology: `
      SELECT "atMs"::DOUBLE AS at_ms, source, change, pod, uid, tier, ip, node, ready, terminating, restarts, service
      FROM ${rowsOf(topology(), TOPOLOGY_TYPE)}`,
    faults: `
      SELECT "atMs"::DOUBLE AS at_ms, fault, spec, step, targets, proof
      FROM ${rowsOf(faults(scenarioOf(lengthMs)), FAULT_TYPE)}`,
    phases: `
      SELECT "atMs"::DOUBLE AS at_ms, phase
      FROM ${rowsOf(phases(), '{"atMs": "DOUBLE", "phase": "VARCHAR"}')}`,
    self_telemetry: `
      SELECT 0::DOUBLE AS at_ms, '' AS pod, '' AS tier, '' AS metric, '' AS labels, 0::DOUBLE AS value WHERE false`,
  });
  return lines;
}

const TOPOLOGY_TYPE = JSON.stringify({
  ...{ atMs: "DOUBLE", source: "VARCHAR", change: "VARCHAR", pod: "VARCHAR", uid: "VARCHAR" },
  ...{ tier: "VARCHAR", ip: "VARCHAR", node: "VARCHAR", ready: "BOOLEAN", terminating: "BOOLEAN" },
  ...{ restarts: "INTEGER", service: "VARCHAR" },
});
const FAULT_TYPE = JSON.stringify({
  ...{
    atMs: "DOUBLE",
    fault: "INTEGER",
    spec: "JSON",
    step: "VARCHAR",
    targets: "JSON",
    proof: "VARCHAR",
  },
});

async function expectedOf(database: Database, planted: Planted): Promise<Expected> {
  const rows = await database.query<{ fate: string; n: number }>(
    "SELECT fate, sum(n)::BIGINT AS n FROM tallies GROUP BY fate",
  );
  const of = (name: string): number => rows.find(({ fate }) => fate === name)?.n ?? 0;
  return {
    spans: rows.reduce((sum, { n }) => sum + n, 0),
    delivered: of("delivered") - planted.lost.length,
    sampledOut: of("sampledOut") - planted.leaked.length,
    lostExplained: of("lostExplained"),
    planted,
  };
}
