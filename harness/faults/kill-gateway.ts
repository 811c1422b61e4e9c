/** Ends gateways without warning and proves it by their UIDs, or by the restart of their containers. */
import type { V1Pod } from "@kubernetes/client-node";
import { deletePodNow, killPodInPlace } from "../cluster/kill-pod.js";
import { isReady, restartsOf } from "../cluster/pod-trouble.js";
import { waitFor } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { KillGateway } from "../model/pod-faults.js";
import type { FaultTarget } from "../model/history.js";
import type { Random } from "../model/random.js";
import { healsItself, type Fault, type FaultContext } from "./fault.js";

const GATEWAYS = "app=otel-gateway";
/** A gateway is probed 5 s after its start at the earliest; the rest is room for a busy host. */
const PROOF_MS = 90_000;
/** A dry run changes nothing, and a deletion with grace 0 is done in well under a second. */
const DRY_PROOF_MS = 5_000;

/** A fault of kind `kill-gateway`. */
export function killGatewayFault(spec: KillGateway): Fault {
  let before: readonly GatewayState[] = [];
  let targets: readonly FaultTarget[] = [];
  return {
    inject: async (context) => {
      before = (await gateways(context)).filter(({ ready }) => ready);
      targets = pickTargets(before.map(targetOf), spec.pick, context.random);
      await Promise.all(targets.map((target) => kill(context, spec, target)));
      return targets;
    },
    prove: async (context) => {
      if (targets.length === 0) return { proven: false, proof: "no pod was struck" };
      try {
        const proof = await waitFor({
          what: "the killed gateways to be back or replaced",
          timeoutMs: spec.how === "dry-run" ? DRY_PROOF_MS : PROOF_MS,
          intervalMs: 250,
          signal: context.signal,
          probe: async () => {
            const judgeBy = spec.how === "sigkill" ? judgeRestart : judgeProof;
            return judgeBy(before, targets, await gateways(context));
          },
        });
        return { proven: true, proof };
      } catch (thrown) {
        context.signal?.throwIfAborted();
        if (!(thrown instanceof HarnessError)) throw thrown;
        return { proven: false, proof: thrown.lastSeen ?? thrown.message };
      }
    },
    // The Deployment replaces what was killed, the kubelet restarts it.
    heal: healsItself,
  };
}

/**
 * The pods to strike: a choice of the seed, independent of the order in which the API lists pods.
 */
export function pickTargets(
  ready: readonly FaultTarget[],
  pick: KillGateway["pick"],
  random: Random,
): FaultTarget[] {
  const count = pick === "all" ? ready.length : pick === "two" ? 2 : 1;
  if (ready.length === 0 || ready.length < count) {
    throw new HarnessError(
      `kill-gateway needs ${String(Math.max(1, count))} ready gateways, there are ${String(ready.length)}`,
    );
  }
  const left = [...ready].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Array.from({ length: count }, () => {
    const target = random.pick(left);
    left.splice(left.indexOf(target), 1);
    return target;
  });
}

/**
 * Done when no target's UID is left and as many ready gateways as before are there, of which as
 * many as were killed are new.
 */
export function judgeProof(
  before: readonly FaultTarget[],
  targets: readonly FaultTarget[],
  now: readonly (FaultTarget & { readonly ready: boolean })[],
): { done: true; value: string } | { done: false; seen: string } {
  const alive = targets.filter((target) => now.some(({ uid }) => uid === target.uid));
  if (alive.length > 0) return { done: false, seen: `${uids(alive)} still there` };
  const known = new Set(before.map(({ uid }) => uid));
  const fresh = now.filter(({ uid, ready }) => ready && !known.has(uid));
  const gone = `${uids(targets)} gone`;
  if (fresh.length >= targets.length) {
    return { done: true, value: `${gone}, ${uids(fresh)} ready` };
  }
  const seen = `${gone}, ${String(fresh.length)} of ${String(targets.length)} replacements ready`;
  return { done: false, seen };
}

/**
 * Done when every target is the same pod as before, ready again, and its container was restarted after SIGKILL (exit
 * code 137). Running out of memory ends with that code too, and does not count.
 */
export function judgeRestart(
  before: readonly GatewayState[],
  targets: readonly FaultTarget[],
  now: readonly GatewayState[],
): { done: true; value: string } | { done: false; seen: string } {
  const looks = targets.map(({ name, uid }) => {
    const pod = now.find((gateway) => gateway.uid === uid);
    const known = before.find((gateway) => gateway.uid === uid);
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

const uids = (pods: readonly FaultTarget[]): string =>
  pods.map(({ name, uid }) => `${name} (UID ${uid})`).join(", ");

/** A gateway as the API shows it at a moment. */
export interface GatewayState extends FaultTarget {
  readonly ready: boolean;
  readonly restarts: number;
  /** How its container ended last; null while it never did. */
  readonly lastEnd: { readonly exitCode: number; readonly reason: string } | null;
}

const targetOf = ({ kind, name, uid, ip }: GatewayState): FaultTarget => ({ kind, name, uid, ip });

async function gateways({ client, namespace }: FaultContext): Promise<GatewayState[]> {
  const { items } = await client.core.listNamespacedPod({ namespace, labelSelector: GATEWAYS });
  return items.map((pod) => ({
    kind: "pod",
    name: pod.metadata?.name ?? "",
    uid: pod.metadata?.uid ?? "",
    ip: pod.status?.podIP ?? "",
    ready: isReady(pod),
    restarts: restartsOf(pod),
    lastEnd: lastEndOf(pod),
  }));
}

function lastEndOf(pod: V1Pod): GatewayState["lastEnd"] {
  const ended = pod.status?.containerStatuses?.[0]?.lastState?.terminated;
  return ended === undefined ? null : { exitCode: ended.exitCode, reason: ended.reason ?? "" };
}

function kill(
  { client, cluster, namespace, signal }: FaultContext,
  { how }: KillGateway,
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
