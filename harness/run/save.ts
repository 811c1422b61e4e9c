/** Seals what a run has seen. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { collectEvidence } from "../cluster/collect.js";
import { sealHistory } from "../history/write-history.js";
import { minutes } from "../model/durations.js";
import { HISTORY_DIR } from "./analyze.js";
import { writeContext } from "./context.js";
import { describeRun } from "./describe-run.js";
import { fetchJournals } from "./journals.js";
import { look } from "./live-status.js";
import { historyInput, type Run } from "./run-state.js";

/** Longest that saving what was seen may take after the run was broken off. */
const SAVE_MS = minutes(2);

/** Save point 2: everything that was seen, sealed. Works after an interruption too, within a bound. */
export async function save(run: Run): Promise<void> {
  const { cluster, progress } = run.session;
  run.record.enter("collect");
  const signal = AbortSignal.timeout(SAVE_MS);
  // Of a cluster that is not ours, only the namespace that the run has is its business.
  const namespaces = [
    cluster.namespace,
    ...(cluster.borrowed === undefined ? ["kube-system"] : []),
  ];
  const missed = await collectEvidence(cluster.client, {
    namespaces,
    dir: join(run.directory, "logs"),
    signal,
  });
  for (const line of missed) progress.warn(line);
  if (run.deployed === undefined) return;
  const { observers, agents } = run.deployed;
  const dir = join(run.directory, "journals");
  await mkdir(dir, { recursive: true });
  const journals = await fetchJournals(observers, dir, signal);
  const { generator } = await look(observers, signal);
  await sealHistory(join(run.directory, HISTORY_DIR), {
    ...historyInput(run, agents),
    journals,
    generatorMaxLagMs: generator.maxLagMs,
  });
  await rm(dir, { recursive: true, force: true });
  await writeContext(run.directory, await describeRun(run));
}
