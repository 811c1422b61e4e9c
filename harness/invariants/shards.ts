/**
 * Splits a history into shards by route key, each small enough to be classified in memory. Read once and written
 * once, so that the cost stays in proportion to the size.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { literal } from "../history/database.js";
import type { History } from "../history/open-history.js";

/** Up to so many shards, each reads everything and takes its own; that is cheaper than to write them. */
const MOST_READ_WHOLE = 4;

/** IDs and digests hardly get smaller by a quick compression, which takes as long as to write them. */
const FILES = "FORMAT parquet, COMPRESSION uncompressed";

/** How many shards the history needs. */
export async function countShards({ query, means }: History): Promise<number> {
  const [row] = await query<{ n: number }>("SELECT count(*) AS n FROM attempts");
  return Math.max(1, Math.ceil((row?.n ?? 0) / means.itemsAtOnce));
}

const ATTEMPTS = `
SELECT o.n AS op, a.signal, a.id, a.key, a.digest, a.class, a.start_ms, a.end_ms, coalesce(a.error, false) AS error
FROM attempts a JOIN ops o ON o.op = a.op`;

/** What is judged of a receipt. */
export const RECEIPTS = "SELECT signal, id, key, digest, node, run, peer, at_ms FROM receipts";

const shardOf = (shards: number): string => `(hash(signal, key) % ${String(shards)})::INTEGER`;

/** Writes the shards as files; a few need none. Reads `attempts`, `receipts` and `ops`. */
export async function writeShards({ query, scratch }: History, shards: number): Promise<void> {
  if (shards <= MOST_READ_WHOLE) return;
  const write = async (name: string, select: string): Promise<void> => {
    await query(
      `COPY (SELECT *, ${shardOf(shards)} AS shard FROM (${select})) TO ${literal(join(scratch, name))}
       (${FILES}, PARTITION_BY (shard))`,
    );
  };
  await write("attempts", ATTEMPTS);
  await write("receipts", RECEIPTS);
}

/**
 * Points `shard_attempts` and `shard_receipts` at a shard. Receipts in `moved` (home: their shard) came
 * under another key than they were sent with, and are judged where they were sent.
 */
export async function openShard(history: History, shard: number, shards: number): Promise<void> {
  const rows = (name: string, whole: string): string => {
    if (shards === 1) return whole;
    if (shards <= MOST_READ_WHOLE) {
      return `SELECT * FROM (${whole}) WHERE ${shardOf(shards)} = ${String(shard)}`;
    }
    const dir = join(history.scratch, name, `shard=${String(shard)}`);
    // Without a row there is no file.
    if (!existsSync(dir)) return `SELECT * FROM (${whole}) LIMIT 0`;
    return `SELECT * FROM read_parquet(${literal(join(dir, "*.parquet"))}, hive_partitioning = false)`;
  };
  const kind = kindOf(shards);
  await history.query(
    `CREATE OR REPLACE TEMP ${kind} shard_attempts AS ${rows("attempts", ATTEMPTS)}`,
  );
  const elsewhere = `(SELECT signal, id, run FROM moved WHERE home <> ${String(shard)})`;
  await history.query(
    `CREATE OR REPLACE TEMP ${kind} shard_receipts AS
     SELECT * FROM (${rows("receipts", RECEIPTS)}) ANTI JOIN ${elsewhere} USING (signal, id, run)
     UNION ALL SELECT * EXCLUDE (home) FROM moved WHERE home = ${String(shard)}`,
  );
}

/** Rows of the whole are costly to find, and are read several times; those of a file are not. */
const kindOf = (shards: number): string => (shards <= MOST_READ_WHOLE ? "TABLE" : "VIEW");

/** Lets go of a shard. */
export async function closeShard({ query }: History, shards: number): Promise<void> {
  await query(`DROP ${kindOf(shards)} shard_attempts; DROP ${kindOf(shards)} shard_receipts`);
}

/** Keeps the rows of a shard by the name `table_shard`: in memory when it is the only one, else as a file. */
export async function keepShard(
  { query, scratch }: History,
  { table, shard, shards }: { table: string; shard: number; shards: number },
  select: string,
): Promise<void> {
  const name = `${table}_${String(shard)}`;
  if (shards === 1) {
    await query(`CREATE TABLE ${name} AS ${select}`);
    return;
  }
  const file = literal(join(scratch, `${name}.parquet`));
  await query(`COPY (${select}) TO ${file} (${FILES})`);
  await query(`CREATE OR REPLACE VIEW ${name} AS SELECT * FROM read_parquet(${file})`);
}

/**
 * Finds the receipts that came under a key of another shard than their item's, and fills `moved`. Gives the shards
 * that must be judged again with them.
 */
export async function moveHome({ query, facts }: History, shards: number): Promise<number[]> {
  if (shards === 1) return [];
  const items = Array.from(
    { length: shards },
    (_, shard) => `SELECT signal, id, ${String(shard)} AS home FROM items_${String(shard)}`,
  );
  await query(
    `INSERT INTO moved
     SELECT s.* EXCLUDE (shard), h.home FROM strays s JOIN (
       SELECT signal, id, min(home) AS home FROM (${items.join(" UNION ALL ")})
       SEMI JOIN strays USING (signal, id) GROUP BY signal, id) h USING (signal, id)
     WHERE s.run = $run`,
    { run: facts.runId },
  );
  await query(
    "DELETE FROM strays WHERE (signal, id, run) IN (SELECT (signal, id, run) FROM moved)",
  );
  const homes = await query<{ home: number }>("SELECT DISTINCT home FROM moved ORDER BY home");
  return homes.map(({ home }) => home);
}
