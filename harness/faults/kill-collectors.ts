/** Ends gateways or agents without warning and proves it by their UIDs, or by the restart of their containers. */
import { deletePodNow, killPodInPlace } from "../cluster/kill-pod.js";
import type { Look } from "../cluster/wait.js";
import type { FaultTarget } from "../model/history.js";
import type { KillAgent, KillGateway } from "../model/pod-faults.js";
import { awaitProof } from "./await-proof.js";
import {
  collectors,
  named,
  pickTargets,
  targetOf,
  type CollectorState,
  type CollectorTier,
} from "./collectors.js";
import { healsItself, type Fault, type FaultContext } from "./fault.js";

/** A collector is probed 5 s or 10 s after its start at the earliest; the rest is room for a busy host. */
const PROOF_MS = 90_000;
/** A dry run changes nothing, and a deletion with grace 0 is done in well under a second. */
const DRY_PROOF_MS = 5_000;

/** A fault of kind `kill-gateway`. */
export const killGatewayFault = (spec: KillGateway): Fault => killCollectors("gateway", spec);

/** A fault of kind `kill-agent`. */
export const killAgentFault = (spec: KillAgent): Fault => killCollectors("agent", spec);

type How = KillGateway["how"];

function killCollectors(
  tier: CollectorTier,
  { how, pick }: { readonly how: How; readonly pick: KillGateway["pick"] },
): Fault {
  let before: readonly CollectorState[] = [];
  let targets: readonly FaultTarget[] = [];
  return {
    inject: async (context) => {
      before = await collectors(context, tier);
      const ready = before.filter((pod) => pod.ready);
      targets = pickTargets(ready, pick, context.random, tier).map(targetOf);
      await Promise.all(targets.map((target) => kill(context, how, target)));
      return targets;
    },
    prove: async (context) => {
      if (targets.length === 0) return { proven: false, proof: "no pod was struck" };
      const judgeBy = how === "sigkill" ? judgeRestart : judgeReplaced;
      return awaitProof(context, {
        what: `the killed ${tier}s to be back or replaced`,
        timeoutMs: how === "dry-run" ? DRY_PROOF_MS : PROOF_MS,
        look: async () => judgeBy(before, targets, await collectors(context, tier)),
      });
    },
    // The Deployment or DaemonSet replaces what was killed, or the kubelet restarts it.
    heal: healsItself,
  };
}

/**
 * Done when no target's UID is left and as many ready pods as were killed are new. `before` are all that there were,
 * ready or not: what replaces an earlier victim does not count for this one.
 */
export function judgeReplaced(
  before: readonly FaultTarget[],
  targets: readonly FaultTarget[],
  now: readonly (FaultTarget & { readonly ready: boolean })[],
): Look<string> {
  const alive = targets.filter((target) => now.some(({ uid }) => uid === target.uid));
  if (alive.length > 0) return { done: false, seen: `${named(alive)} still there` };
  const known = new Set(before.map(({ uid }) => uid));
  const fresh = now.filter(({ uid, ready }) => ready && !known.has(uid));
  const gone = `${named(targets)} gone`;
  if (fresh.length >= targets.length) {
    return { done: true, value: `${gone}, ${named(fresh)} ready` };
  }
  const seen = `${gone}, ${String(fresh.length)} of ${String(targets.length)} replacements ready`;
  return { done: false, seen };
}

/**
 * Done when every target is the same pod as before, ready again, and its container was restarted after SIGKILL (exit
 * code 137). Running out of memory ends with that code too, and does not count.
 */
export function judgeRestart(
  before: readonly CollectorState[],
  targets: readonly FaultTarget[],
  now: readonly CollectorState[],
): Look<string> {
  const looks = targets.map(({ name, uid }) => {
    const pod = now.find((one) => one.uid === uid);
    const known = before.find((one) => one.uid === uid);
    const is = `${name} (UID ${uid})`;
    if (pod === undefined) return { done: false, seen: `${is} is gone` };
    if (known === undefined || pod.restarts <= known.restarts) {
      return { done: false, seen: `${is} did not restart` };
    }
    const ended = `exit code ${String(pod.lastEnd?.exitCode)} (${pod.lastEnd?.reason ?? "?"})`;
    const killed = pod.lastEnd?.exitCode === 137 && pod.lastEnd.reason !== "OOMKilled";
    const seen = `${is} restarted after ${ended}${pod.ready ? ", ready again" : ", not ready"}`;
    return { done: killed && pod.ready, seen };
  });
  const seen = looks.map((look) => look.seen).join(", ");
  return looks.every(({ done }) => done) ? { done: true, value: seen } : { done: false, seen };
}

function kill(
  { client, cluster, namespace, signal }: FaultContext,
  how: How,
  { name, uid }: FaultTarget,
): Promise<void> {
  const pod = { namespace, name, uid };
  switch (how) {
    case "force-delete":
      return deletePodNow(client, pod, { dryRun: false, signal });
    case "dry-run":
      return deletePodNow(client, pod, { dryRun: true, signal });
    case "sigkill":
      return killPodInPlace(client, cluster, pod, signal);
  }
}
