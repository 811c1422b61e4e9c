/** Fetches the observers' journals, each a checked cut of what was written so far. */
import { join } from "node:path";
import type { Observers } from "../cluster/observers.js";
import type { FetchedJournal } from "../history/write-history.js";
import { AUDIT, BACKENDS } from "../model/signal.js";

/**
 * Backends first and the generator last while the load goes on: then each item that a backend's cut holds is
 * among the attempts of the generator's cut, and the audit in between, which gets each item before a backend does.
 */
export async function fetchJournals(
  observers: Observers,
  dir: string,
  signal?: AbortSignal,
): Promise<FetchedJournal[]> {
  const fetched: FetchedJournal[] = [];
  const sources = [
    ...BACKENDS.map((name) => ({ source: name, observer: observers.backends[name] })),
    ...(observers.audit === undefined ? [] : [{ source: AUDIT, observer: observers.audit }]),
    { source: "generator" as const, observer: observers.generator },
  ];
  for (const { source, observer } of sources) {
    const path = join(dir, `${source}.ndjson`);
    const cutAtMs = Date.now();
    const manifest = await observer.fetchJournal(path, signal);
    fetched.push({ source, path, manifest, cutAtMs });
  }
  return fetched;
}
