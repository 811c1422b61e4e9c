/** How much memory and how many threads a history of a size is worth. */
import { SMALL, type Means } from "./database.js";

/** Bytes of the Parquet tables up to which a history is small: about half a million items. */
const SMALL_BYTES = 24_000_000;
const BYTES_PER_MB = 1_000_000;
/** Beyond that, for each MB of tables. */
const MB_PER_MB = 2;
const MOST_MB = 2_400;
/** Of the memory, what buffers take whatever the size; the rest is for items, of which each takes about 0.5 KB. */
const BUFFERS_MB = 160;
const ITEMS_PER_MB = 2_000;
/** A second thread has buffers of its own, for which less has no room. */
const TWO_THREADS_MB = 240;

/**
 * Grows with the size of the tables, without a step, and stops: a larger history is judged in more parts. A step would
 * give a run that lasts a little longer than another three times its memory.
 */
export function meansFor(tableBytes: number): Means {
  if (tableBytes <= SMALL_BYTES) return SMALL;
  const more = ((tableBytes - SMALL_BYTES) / BYTES_PER_MB) * MB_PER_MB;
  const memoryMb = Math.min(MOST_MB, SMALL.memoryMb + Math.round(more));
  const threads = memoryMb < TWO_THREADS_MB ? 1 : 2;
  return { memoryMb, threads, itemsAtOnce: (memoryMb - BUFFERS_MB) * ITEMS_PER_MB };
}
