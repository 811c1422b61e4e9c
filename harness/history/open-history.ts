/** Opens a sealed history for queries. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { HarnessError } from "../model/errors.js";
import { literal, openDatabase, type Database } from "./database.js";
import { RunFacts } from "./run-facts.js";
import { checkSeal } from "./seal.js";
import { TABLE_NAMES } from "./tables.js";
import { DEPLOYMENT_FILE, RUN_FACTS_FILE } from "./write-history.js";

/** Queries see the tables of tables.ts by their names; other tables live only as long as the history is open. */
export interface History extends Database {
  readonly facts: RunFacts;
  /** The multi-document YAML that was applied. */
  readonly renderedYaml: string;
}

/**
 * Checks the seal and opens the history. UsageError when `dir` holds no history, HarnessError when a file is
 * missing or was changed.
 */
export async function openHistory(dir: string): Promise<History> {
  await checkSeal(dir);
  const facts = RunFacts.safeParse(JSON.parse(await readFile(join(dir, RUN_FACTS_FILE), "utf8")));
  if (!facts.success) {
    throw new HarnessError(`${join(dir, RUN_FACTS_FILE)}: ${z.prettifyError(facts.error)}`);
  }
  const renderedYaml = await readFile(join(dir, DEPLOYMENT_FILE), "utf8");
  const database = await openDatabase();
  try {
    for (const table of TABLE_NAMES) {
      const file = literal(join(dir, `${table}.parquet`));
      await database.query(`CREATE VIEW ${table} AS SELECT * FROM read_parquet(${file})`);
    }
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
  return { ...database, facts: facts.data, renderedYaml };
}
