/** What the runs of one command share on a cluster that is not ours: it is never made anew, and always given back. */
import { borrowCluster, type BorrowOptions } from "../cluster/borrow.js";
import { runIdOf } from "../model/ids.js";
import type { Progress } from "../model/progress.js";
import type { BorrowedTarget, RunOptions } from "./options.js";
import type { SharedSession } from "./session.js";
import { teardown } from "./teardown.js";

/** Checks and takes the namespace; what was begun is undone when that fails or is interrupted. */
export async function openBorrowedSession(
  options: RunOptions,
  target: BorrowedTarget,
  progress: Progress,
  signal: AbortSignal,
): Promise<SharedSession> {
  progress.phase("provision");
  const startedMs = Date.now();
  const borrowing: BorrowOptions = {
    ...target,
    runId: runIdOf(new Date(startedMs), options.seed),
    progress,
    signal,
  };
  const cluster = await borrowCluster(borrowing);
  const provisionMs = Date.now() - startedMs;
  const undo = teardown();
  undo.before(`give back namespace ${target.namespace}`, () => cluster.remove());
  // Every fault of such a run strikes our own objects, and each run makes those anew.
  const spoil = (why: string): void =>
    progress.warn(`${why}: the next run begins with new objects`);
  return {
    signal,
    forRun: async (runOptions) => ({
      options: runOptions,
      progress,
      signal,
      cluster: await cluster.baseline(),
      provisionMs,
      rebuilt: undefined,
      spoil,
    }),
    close: async () => {
      progress.phase("teardown");
      await undo.run(progress);
    },
  };
}
