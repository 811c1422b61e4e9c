/** Opens a sealed history for queries. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { HarnessError, messageOf } from "../model/errors.js";
import { literal, openDatabase, type Database, type Means } from "./database.js";
import { meansFor } from "./means.js";
import { RUN_FACTS_VERSION, RunFacts } from "./run-facts.js";
import { readJson, sealedFiles } from "./seal.js";
import { LATER_COLUMNS, LATER_TABLES, TABLE_NAMES, TABLES, type TableName } from "./tables.js";
import { DEPLOYMENT_FILE, RUN_FACTS_FILE } from "./write-history.js";

/** Queries see the tables of tables.ts by their names; other tables live only as long as the history is open. */
export interface History extends Database {
  readonly facts: RunFacts;
  /** The multi-document YAML that was applied. */
  readonly renderedYaml: string;
}

/**
 * Checks the seal and opens the history. UsageError when `dir` holds no history, HarnessError when a file is
 * missing or was changed. `means` are those for its size unless given.
 */
export async function openHistory(dir: string, means?: Means): Promise<History> {
  const sealed = await sealedFiles(dir);
  const facts = await readRunFacts(join(dir, RUN_FACTS_FILE));
  const renderedYaml = await readFile(join(dir, DEPLOYMENT_FILE), "utf8");
  const tables = sealed.filter(({ name }) => name.endsWith(".parquet"));
  const tableBytes = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const database = await openDatabase(means ?? meansFor(tableBytes));
  try {
    for (const table of TABLE_NAMES) {
      const name = `${table}.parquet`;
      const empty = LATER_TABLES[table];
      if (empty !== undefined && !sealed.some((file) => file.name === name)) {
        await database.query(`CREATE VIEW ${table} AS ${empty}`);
      } else await openTable(database, table, join(dir, name));
    }
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
  return { ...database, facts, renderedYaml };
}

async function readRunFacts(path: string): Promise<RunFacts> {
  const parsed = RunFacts.safeParse(await readJson(path, RUN_FACTS_VERSION));
  if (!parsed.success) throw new HarnessError(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** A sealed file may still be none of ours: made by hand, or by a version that wrote other tables. */
async function openTable(database: Database, table: TableName, path: string): Promise<void> {
  const needed = Object.keys(TABLES[table].columns);
  let found: readonly { column_name: string }[];
  try {
    const from = `read_parquet(${literal(path)})`;
    await database.query(`CREATE VIEW ${table} AS SELECT * FROM ${from}`);
    found = await database.query(`DESCRIBE ${table}`);
  } catch (cause) {
    const fix = "restore the directory from a copy, or run the scenario again";
    throw new HarnessError(`${path} cannot be read: ${messageOf(cause)}`, { fix, cause });
  }
  const missing = needed.filter((name) => !found.some((row) => row.column_name === name));
  if (missing.length === 0) return;
  if (missing.every((name) => LATER_COLUMNS[table]?.includes(name) === true)) {
    const nulls = missing.map((name) => `NULL::VARCHAR AS ${name}`).join(", ");
    await database.query(
      `CREATE OR REPLACE VIEW ${table} AS SELECT *, ${nulls} FROM read_parquet(${literal(path)})`,
    );
    return;
  }
  throw new HarnessError(`${path} has no column ${missing.join(", ")}: another version wrote it`, {
    fix: "judge it with the version that recorded it (context.json names its commit)",
  });
}
