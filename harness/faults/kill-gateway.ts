/** Ends gateway pods without warning and proves it by their UIDs. */
import { isReady } from "../cluster/pod-trouble.js";
import { waitFor } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { KillGateway } from "../model/fault.js";
import type { FaultTarget } from "../model/history.js";
import type { Random } from "../model/random.js";
import type { Fault, FaultContext } from "./fault.js";

const GATEWAYS = "app=otel-gateway";
/** A gateway is probed 5 s after its start at the earliest; the rest is room for a busy host. */
const PROOF_MS = 90_000;
/** A dry run changes nothing, and a deletion with grace 0 is done in well under a second. */
const DRY_PROOF_MS = 5_000;

/** A fault of kind `kill-gateway`. */
export function killGatewayFault(spec: KillGateway): Fault {
  let before: readonly FaultTarget[] = [];
  let targets: readonly FaultTarget[] = [];
  return {
    inject: async (context) => {
      before = await readyGateways(context);
      targets = pickTargets(before, spec.pick, context.random);
      await Promise.all(targets.map((target) => kill(context, spec, target)));
      return targets;
    },
    prove: async (context) => {
      if (targets.length === 0) return { proven: false, proof: "no pod was struck" };
      try {
        const proof = await waitFor({
          what: "the killed gateways to be gone and replaced",
          timeoutMs: spec.how === "dry-run" ? DRY_PROOF_MS : PROOF_MS,
          intervalMs: 250,
          signal: context.signal,
          probe: async () => judgeProof(before, targets, await gateways(context)),
        });
        return { proven: true, proof };
      } catch (thrown) {
        context.signal?.throwIfAborted();
        if (!(thrown instanceof HarnessError)) throw thrown;
        return { proven: false, proof: thrown.lastSeen ?? thrown.message };
      }
    },
    // The Deployment replaces what was killed.
    heal: () => Promise.resolve(),
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

const uids = (pods: readonly FaultTarget[]): string =>
  pods.map(({ name, uid }) => `${name} (UID ${uid})`).join(", ");

async function gateways({
  client,
  namespace,
}: FaultContext): Promise<(FaultTarget & { ready: boolean })[]> {
  const { items } = await client.core.listNamespacedPod({ namespace, labelSelector: GATEWAYS });
  return items.map((pod) => ({
    kind: "pod",
    name: pod.metadata?.name ?? "",
    uid: pod.metadata?.uid ?? "",
    ip: pod.status?.podIP ?? "",
    ready: isReady(pod),
  }));
}

const readyGateways = async (context: FaultContext): Promise<FaultTarget[]> =>
  (await gateways(context))
    .filter(({ ready }) => ready)
    .map(({ kind, name, uid, ip }) => ({ kind, name, uid, ip }));

async function kill(
  { client, namespace, signal }: FaultContext,
  { how }: KillGateway,
  { name, uid }: FaultTarget,
): Promise<void> {
  const dryRun = how === "dry-run" ? "?dryRun=All" : "";
  await client.call({
    method: "DELETE",
    path: `/api/v1/namespaces/${namespace}/pods/${name}${dryRun}`,
    // Only the pod that was picked, not a namesake.
    body: { gracePeriodSeconds: 0, preconditions: { uid } },
    signal,
  });
}
