/** Turns what a run recorded into a sealed history: Parquet tables, run-facts.json, raw journals, manifest.json. */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type {
  FaultEvent,
  PhaseEvent,
  QuiesceRecord,
  SelfTelemetrySample,
  TopologyEvent,
  TopologyGap,
} from "../model/history.js";
import type { JournalManifest } from "../model/observer-api.js";
import type { Scenario } from "../model/scenario.js";
import { CONVERSIONS, JOURNAL_COLUMNS, RECORD_COLUMNS } from "./conversions.js";
import { literal, openDatabase, type Database } from "./database.js";
import { RUN_FACTS_VERSION, type JournalSource, type RunFacts } from "./run-facts.js";
import { measureFile, writeSeal } from "./seal.js";
import { TABLE_NAMES, type TableName } from "./tables.js";

/** A journal as it was fetched, and what its observer vouched for. */
export interface FetchedJournal {
  readonly source: JournalSource;
  readonly path: string;
  readonly manifest: JournalManifest;
  /** When the cut was made, Unix ms. */
  readonly cutAtMs: number;
}

export interface HistoryInput {
  readonly runId: string;
  /** Decimal text of an unsigned 64-bit number. */
  readonly seed: string;
  readonly scenario: Scenario;
  readonly agents: readonly { readonly node: string; readonly endpoint: string }[];
  /** CoreDNS's configuration, as it was in the cluster. */
  readonly corefile: string;
  /** The multi-document YAML that was applied. */
  readonly renderedYaml: string;
  readonly journals: readonly FetchedJournal[];
  readonly topology: readonly TopologyEvent[];
  readonly topologyGaps?: readonly TopologyGap[];
  readonly faults: readonly FaultEvent[];
  readonly phases: readonly PhaseEvent[];
  readonly selfTelemetry: readonly SelfTelemetrySample[];
  /** Null when the run has not waited for silence: a run that goes on, or one that was broken off. */
  readonly quiesce: QuiesceRecord | null;
  /** GeneratorStatus.maxLagMs at the end. */
  readonly generatorMaxLagMs: number;
  /** Kept for the reader, never judged. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export const RUN_FACTS_FILE = "run-facts.json";
export const DEPLOYMENT_FILE = "deployment.yaml";

/**
 * Writes and seals the history of a run, or of the part of it so far, into `dir` (made if need be). A
 * journal that is not what its observer vouched for is recorded as such, not refused: it is evidence.
 */
export async function sealHistory(dir: string, input: HistoryInput): Promise<void> {
  await mkdir(dir, { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), "agent-gateway-chaos-"));
  const database = await openDatabase();
  try {
    await createSources(database, scratch, input);
    await writeTables(database, dir, CONVERSIONS);
  } finally {
    await database.close();
    await rm(scratch, { recursive: true, force: true });
  }
  const facts = await runFactsOf(input);
  const raw = await Promise.all(input.journals.map((journal) => keepRaw(dir, journal)));
  await sealTables(dir, facts, input.renderedYaml, raw);
}

/** Writes each table as a Parquet file of a history, from the statement that selects its rows. */
export async function writeTables(
  database: Database,
  dir: string,
  selects: Readonly<Record<TableName, string>>,
): Promise<void> {
  for (const table of TABLE_NAMES) {
    const target = literal(join(dir, `${table}.parquet`));
    await database.query(
      `COPY (${selects[table]}) TO ${target} (FORMAT parquet, COMPRESSION zstd)`,
    );
  }
}

/** Writes what a history holds besides its tables and the `raw` files that are there, and seals all of it. */
export async function sealTables(
  dir: string,
  facts: RunFacts,
  renderedYaml: string,
  raw: readonly string[] = [],
): Promise<void> {
  await writeFile(join(dir, RUN_FACTS_FILE), `${JSON.stringify(facts, null, 2)}\n`);
  await writeFile(join(dir, DEPLOYMENT_FILE), renderedYaml);
  const tables = TABLE_NAMES.map((table) => `${table}.parquet`);
  await writeSeal(dir, [...tables, ...raw, RUN_FACTS_FILE, DEPLOYMENT_FILE]);
}

/** Keeps a journal as it was fetched: the tables are made of it, and nobody must take our word for how. */
async function keepRaw(dir: string, { source, path }: FetchedJournal): Promise<string> {
  const name = `journal-${source}.ndjson.gz`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(join(dir, name)));
  return name;
}

/** Makes the views that CONVERSIONS select from; `scratch` holds the records as files as long as they are used. */
export async function createSources(
  database: Database,
  scratch: string,
  input: HistoryInput,
): Promise<void> {
  await createJournalViews(database, input.journals);
  await createRecordViews(database, scratch, input);
}

async function createJournalViews(
  database: Database,
  journals: readonly FetchedJournal[],
): Promise<void> {
  const none = `SELECT ${nulls(JOURNAL_COLUMNS)}, NULL::VARCHAR AS source WHERE false`;
  const each = journals.map(
    ({ source, path }) =>
      `SELECT *, ${literal(source)} AS source FROM ${ndjson(path, JOURNAL_COLUMNS)}`,
  );
  await database.query(`CREATE VIEW all_lines AS ${[none, ...each].join(" UNION ALL BY NAME ")}`);
  await database.query(
    "CREATE VIEW generator_lines AS SELECT * FROM all_lines WHERE source = 'generator'",
  );
}

async function createRecordViews(
  database: Database,
  scratch: string,
  input: HistoryInput,
): Promise<void> {
  const records = {
    topology_events: input.topology,
    fault_events: input.faults,
    phase_events: input.phases,
    self_telemetry_samples: input.selfTelemetry,
  } satisfies Record<keyof typeof RECORD_COLUMNS, readonly object[]>;
  for (const [view, columns] of Object.entries(RECORD_COLUMNS)) {
    const path = join(scratch, `${view}.ndjson`);
    const lines = records[view as keyof typeof records].map((record) => JSON.stringify(record));
    await writeFile(path, lines.map((line) => `${line}\n`).join(""));
    await database.query(`CREATE VIEW ${view} AS SELECT * FROM ${ndjson(path, columns)}`);
  }
}

type Columns = Readonly<Record<string, string>>;

/** A line that cannot be read becomes a row of nulls, which shows as a gap of the journal. */
function ndjson(path: string, columns: Columns): string {
  const types = Object.entries(columns).map(([name, type]) => `"${name}": ${literal(type)}`);
  return (
    `read_ndjson(${literal(path)}, columns = {${types.join(", ")}}, ignore_errors = true,` +
    " maximum_object_size = 8388608)"
  );
}

const nulls = (columns: Columns): string =>
  Object.entries(columns)
    .map(([name, type]) => `NULL::${type} AS "${name}"`)
    .join(", ");

/** What a history says of its run beside its tables. Measures the journals' files. */
export async function runFactsOf(input: HistoryInput): Promise<RunFacts> {
  const journals = [];
  for (const journal of input.journals) {
    const { manifest, path, source, cutAtMs } = journal;
    const found = await measureFile(path);
    journals.push({
      source,
      cutAtMs,
      boots: [...manifest.boots],
      lines: found.lines,
      sha256: found.sha256,
      mismatch: mismatchOf(manifest, found),
    });
  }
  return {
    schemaVersion: RUN_FACTS_VERSION,
    runId: input.runId,
    seed: input.seed,
    scenario: input.scenario,
    agents: input.agents.map(({ node, endpoint }) => ({ node, endpoint })),
    corefile: input.corefile,
    quiesce: input.quiesce,
    generatorMaxLagMs: input.generatorMaxLagMs,
    journals,
    topologyGaps: [...(input.topologyGaps ?? [])],
    options: { ...input.options },
  };
}

function mismatchOf(
  vouched: JournalManifest,
  found: { bytes: number; lines: number; sha256: string },
): string | null {
  for (const field of ["bytes", "lines", "sha256"] as const) {
    if (vouched[field] !== found[field]) {
      return `${field}: the observer wrote ${String(vouched[field])}, fetched was ${String(found[field])}`;
    }
  }
  return null;
}
