/** Deletes gateways as a person or a controller does, and proves it by how and how fast their containers ended. */
import { deletePodGracefully } from "../cluster/kill-pod.js";
import type { Look } from "../cluster/wait.js";
import { watchPodEnds, type PodEnd } from "../cluster/watch-pod-ends.js";
import { formatDuration } from "../model/durations.js";
import type { FaultTarget } from "../model/history.js";
import type { TerminateGateway } from "../model/pod-faults.js";
import { awaitProof } from "./await-proof.js";
import { collectors, pickTargets, targetOf, type CollectorState } from "./collectors.js";
import type { Fault } from "./fault.js";
import { judgeReplaced } from "./kill-collectors.js";

/** The grace period of 60 s in full, and what a replacement takes on a busy host. */
const PROOF_MS = 150_000;

/** A fault of kind `terminate-gateway`. */
export function terminateGatewayFault({ pick }: TerminateGateway): Fault {
  const watching = new AbortController();
  let before: readonly CollectorState[] = [];
  let targets: readonly FaultTarget[] = [];
  let ends: ReadonlyMap<string, PodEnd> = new Map();
  return {
    inject: async (context) => {
      const { client, namespace, random, signal } = context;
      before = await collectors(context, "gateway");
      const ready = before.filter((pod) => pod.ready);
      const picked = pickTargets(ready, pick, random).map(targetOf);
      ends = await watchPodEnds(client, {
        namespace,
        labelSelector: "app=otel-gateway",
        signal: watching.signal,
      });
      targets = picked;
      await Promise.all(
        picked.map(({ name, uid }) =>
          deletePodGracefully(client, { namespace, name, uid }, signal),
        ),
      );
      return picked;
    },
    prove: async (context) => {
      if (targets.length === 0) return { proven: false, proof: "no pod was struck" };
      return awaitProof(context, {
        what: "the deleted gateways to end and be replaced",
        timeoutMs: PROOF_MS,
        look: async () => judgeEnded(before, targets, ends, await collectors(context, "gateway")),
      }).finally(() => watching.abort());
    },
    // The Deployment replaces what was deleted.
    heal: () => {
      // What is healed at once was not injected, or is proven: else the proof goes on, and stops the watch.
      if (targets.length === 0) watching.abort();
      return Promise.resolve("");
    },
  };
}

/**
 * Done when each target is gone, it was seen how its container ended, and as many new gateways are ready. Any exit
 * code will do: one that did not end within its grace is the deployment's, and the proof tells it.
 */
export function judgeEnded(
  before: readonly FaultTarget[],
  targets: readonly FaultTarget[],
  ends: ReadonlyMap<string, PodEnd>,
  now: readonly (FaultTarget & { readonly ready: boolean })[],
): Look<string> {
  const replaced = judgeReplaced(before, targets, now);
  if (!replaced.done) return replaced;
  const unseen = targets.find(({ uid }) => !ends.has(uid));
  if (unseen !== undefined) {
    return { done: false, seen: `${replaced.value}; how ${unseen.name} ended was not seen` };
  }
  const told = targets.map(({ name, uid }) => {
    const { withinMs, exitCode, reason } = ends.get(uid) ?? {
      withinMs: 0,
      exitCode: 0,
      reason: "",
    };
    const how = `exit code ${String(exitCode)} (${reason})`;
    return `${name} ended within ${formatDuration(withinMs)} of being asked to, ${how}`;
  });
  return { done: true, value: `${replaced.value}; ${told.join(", ")}` };
}
