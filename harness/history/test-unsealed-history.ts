/** A history straight from what was recorded, for tests: by the same statements as sealing, without the files. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONVERSIONS } from "./conversions.js";
import { openDatabase, type Means } from "./database.js";
import type { History } from "./open-history.js";
import { TABLE_NAMES } from "./tables.js";
import { createSources, runFactsOf, type HistoryInput } from "./write-history.js";

/** The journals of `input` are read now and may be removed afterwards. */
export async function unsealedHistory(input: HistoryInput, means?: Means): Promise<History> {
  const scratch = await mkdtemp(join(tmpdir(), "agent-gateway-chaos-"));
  const database = await openDatabase(means);
  try {
    await createSources(database, scratch, input);
    for (const table of TABLE_NAMES) {
      await database.query(`CREATE TABLE ${table} AS ${CONVERSIONS[table]}`);
    }
    return { ...database, facts: await runFactsOf(input), renderedYaml: input.renderedYaml };
  } catch (thrown) {
    await database.close();
    throw thrown;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
