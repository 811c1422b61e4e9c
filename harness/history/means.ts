/** How much memory and how many threads a history of a size is worth. */
import { SMALL, type Means } from "./database.js";

/** Bytes of the Parquet tables up to which a history is small: about half a million items. */
const SMALL_BYTES = 24_000_000;
const LEAST_MB = 600;
const MOST_MB = 2_400;
/** An item takes about 0.6 KB while it is classified, several times over in different tables. */
const ITEMS_PER_MB = 1_000;
const BYTES_PER_MB = 1_000_000;

/** Grows with the size of the tables and stops: a larger history is judged in more parts. */
export function meansFor(tableBytes: number): Means {
  if (tableBytes <= SMALL_BYTES) return SMALL;
  const memoryMb = Math.min(MOST_MB, LEAST_MB + Math.round(tableBytes / BYTES_PER_MB));
  return { memoryMb, threads: 2, itemsAtOnce: memoryMb * ITEMS_PER_MB };
}
