/** After the load: collectors ready again, nothing on its way any more. */
import { queuedRequests } from "../cluster/self-telemetry.js";
import { messageOf } from "../model/errors.js";
import { backendOutages, troublesOf } from "../oracle/backend-outages.js";
import { longestHoldMs } from "../oracle/holds.js";
import { waitForCollectors, type Deployed } from "./deploy.js";
import { followLoad, lastReceiptMs, look } from "./live-status.js";
import { quiesce } from "./quiesce.js";
import type { Run } from "./run-state.js";

/** Ends the load and waits for all collectors to be ready again, and for silence. */
export async function settle(run: Run, { observers }: Deployed): Promise<void> {
  const { progress, signal, cluster } = run.session;
  const trouble = await collectorTrouble(run);
  await observers.generator.stop(signal);
  run.record.enter("quiesce");
  const drainedByMs = Date.now() + run.scenario.quiesceAtMostMs;
  await followLoad({
    observers,
    progress,
    signal,
    topology: run.record.topology,
    deadlineMs: () => drainedByMs,
    next: "deadline for open traces",
    // A generator that was killed meanwhile is idle: it has nothing under way.
    done: ({ generator: { state } }) => state === "done" || state === "idle",
  });
  const loadEndedMs = Date.now();
  const outages = backendOutages(troublesOf(run.record.faults), run.facts);
  const heldUntilMs = Math.max(...outages.map((outage) => outage.heldUntilMs));
  run.quiesce = await quiesce({
    loadEndedMs,
    // What a backend did not take during an outage is in no queue while it waits for its next attempt.
    holdMs: Math.max(longestHoldMs(run.facts), heldUntilMs - loadEndedMs),
    atMostMs: run.scenario.quiesceAtMostMs,
    signal,
    lastReceiptMs: async () => lastReceiptMs(await look(observers, signal)),
    queued: () => queuedRequests(cluster.client, { namespace: cluster.namespace, signal }),
    onLook: (seen) => progress.status(seen),
  });
  if (trouble !== undefined) {
    run.quiesce = { ...run.quiesce, reached: false, lastSeen: trouble };
  }
}

/** What keeps the deployment from its steady state after everything was healed; undefined when nothing does. */
async function collectorTrouble({ session }: Run): Promise<string | undefined> {
  const { cluster, progress, signal } = session;
  try {
    await waitForCollectors(cluster, { progress, signal });
    return undefined;
  } catch (thrown) {
    signal.throwIfAborted();
    return messageOf(thrown);
  }
}
