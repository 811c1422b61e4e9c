/** A history straight from what was recorded, for tests: by the same statements as sealing, without the files. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONVERSIONS } from "./conversions.js";
import { openDatabase, SMALL, type Means } from "./database.js";
import type { History } from "./open-history.js";
import { TABLE_NAMES } from "./tables.js";
import { createSources, runFactsOf, type HistoryInput } from "./write-history.js";

/** With memory to keep: giving back what each statement had takes longer than the statements of a tiny history. */
const ROOMY: Means = { ...SMALL, memoryMb: 800 };

/** The journals of `input` are read now and may be removed afterwards. */
export async function unsealedHistory(input: HistoryInput, means = ROOMY): Promise<History> {
  const scratch = await mkdtemp(join(tmpdir(), "agent-gateway-chaos-"));
  const database = await openDatabase(means);
  try {
    await createSources(database, scratch, input);
    // Most tables are made from the journals' lines: those are read once.
    await database.query(
      [
        "CREATE TABLE lines AS FROM all_lines",
        "CREATE OR REPLACE VIEW all_lines AS FROM lines",
        ...TABLE_NAMES.map((table) => `CREATE TABLE ${table} AS ${CONVERSIONS[table]}`),
      ].join(";\n"),
    );
    return { ...database, facts: await runFactsOf(input), renderedYaml: input.renderedYaml };
  } catch (thrown) {
    await database.close();
    throw thrown;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
