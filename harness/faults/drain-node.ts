/** Drains workers by cordon and eviction, proves it by the evictions' answers, heals by opening the nodes again. */
import { evictPod, evictUntilAccepted, type EvictionAnswer } from "../cluster/evict.js";
import { nodeStates, setSchedulable, type NodeState } from "../cluster/node-states.js";
import { waitFor, type Look } from "../cluster/wait.js";
import { seconds } from "../model/durations.js";
import { HarnessError } from "../model/errors.js";
import type { DrainNode } from "../model/node-faults.js";
import { awaitProof } from "./await-proof.js";
import { collectors, named, targetOf, type CollectorState } from "./collectors.js";
import type { Fault, FaultContext } from "./fault.js";
import { pickNodes, targetOfNode } from "./node-targets.js";

/**
 * A gateway that may not go now may when its predecessor's replacement is ready, 10 to 20 s later; each goes when its
 * preStop hook and its grace period are over.
 */
const PROOF_MS = 170_000;
/** `kubectl drain` asks again after 5 s; sooner shows more of the refusals. */
const AGAIN_MS = seconds(1);
const HEAL_MS = 30_000;
const BUDGETS = "/apis/policy/v1/namespaces";

/** What became of the eviction of one gateway. */
export interface Eviction {
  readonly pod: CollectorState;
  readonly accepted: boolean;
  /** How often the budget said "not now", and its words. */
  readonly refusals: number;
  readonly why: string;
}

/** A fault of kind `drain-node`. */
export function drainNodeFault(spec: DrainNode): Fault {
  const evictions = new Map<string, Eviction>();
  const over = new AbortController();
  let nodes: readonly string[] = [];
  let allowed = 0;
  let wanted = 0;
  let failure: unknown;
  return {
    healsOnceProven: true,
    inject: async (context) => {
      const { client, signal } = context;
      const ready = (await collectors(context, "gateway")).filter((gateway) => gateway.ready);
      const workers = await nodeStates(client);
      wanted = ready.length;
      nodes = pickNodes(ready, spec.pick, context.random);
      allowed = await disruptionsAllowed(context);
      for (const node of nodes) await setSchedulable(client, node, false, signal);
      const leaving = ready.filter(({ node }) => nodes.includes(node));
      await Promise.all(
        leaving.map(async (pod) => {
          const target = { namespace: context.namespace, name: pod.name, uid: pod.uid };
          const onAnswer = (answer: EvictionAnswer): void => note(evictions, pod, answer);
          const first = await evictPod(client, target, signal);
          onAnswer(first);
          if (first.kind === "accepted") return;
          // Goes on beside the proof, which waits for it.
          const again = { intervalMs: AGAIN_MS, signal: over.signal, onAnswer };
          evictUntilAccepted(client, target, again).catch((thrown: unknown) => {
            if (!over.signal.aborted) failure = thrown;
          });
        }),
      );
      return [
        ...workers.filter(({ name }) => nodes.includes(name)).map(targetOfNode),
        ...leaving.map(targetOf),
      ];
    },
    prove: (context) =>
      awaitProof(context, {
        what: "the evicted gateways to be gone and replaced on other nodes",
        timeoutMs: PROOF_MS,
        look: async () => {
          if (failure !== undefined) throw failure as Error;
          return judgeDrain(
            { evictions: [...evictions.values()], nodes, allowed, wanted },
            {
              nodes: await nodeStates(context.client),
              gateways: await collectors(context, "gateway"),
            },
          );
        },
      }),
    heal: async ({ client, signal }) => {
      over.abort(new HarnessError("the drain was healed before every eviction was accepted"));
      for (const node of nodes) await setSchedulable(client, node, true, signal);
      if (nodes.length === 0) return "";
      return waitFor({
        what: "the drained nodes to take pods again",
        timeoutMs: HEAL_MS,
        signal,
        probe: async () => judgeOpen(nodes, await nodeStates(client)),
      });
    },
  };
}

function note(evictions: Map<string, Eviction>, pod: CollectorState, answer: EvictionAnswer): void {
  const known = evictions.get(pod.uid);
  const refusals = (known?.refusals ?? 0) + (answer.kind === "refused" ? 1 : 0);
  const why = answer.kind === "refused" ? answer.why : (known?.why ?? "");
  evictions.set(pod.uid, { pod, accepted: answer.kind === "accepted", refusals, why });
}

/** How many gateways the budget would let go now; all of them without a budget. */
async function disruptionsAllowed({ client, namespace, signal }: FaultContext): Promise<number> {
  const path = `${BUDGETS}/${namespace}/poddisruptionbudgets`;
  const { items } = JSON.parse(await client.call({ path, signal })) as {
    items: { status?: { disruptionsAllowed?: number } }[];
  };
  return Math.min(Infinity, ...items.map(({ status }) => status?.disruptionsAllowed ?? 0));
}

/**
 * Done when every eviction was accepted, no evicted pod is left, as many gateways are ready as before on nodes that
 * are still open, and, where more had to go than the budget allows at once, a refusal was seen. The nodes must be
 * closed meanwhile.
 */
export function judgeDrain(
  drain: {
    readonly evictions: readonly Eviction[];
    readonly nodes: readonly string[];
    /** Disruptions that the budget allowed at the beginning. */
    readonly allowed: number;
    /** Ready gateways at the beginning. */
    readonly wanted: number;
  },
  now: { readonly nodes: readonly NodeState[]; readonly gateways: readonly CollectorState[] },
): Look<string> {
  const { evictions, nodes, allowed, wanted } = drain;
  const open = nodes.filter((name) => now.nodes.find((node) => node.name === name)?.schedulable);
  const answers = evictions.map(({ pod, accepted, refusals, why }) => {
    const refused = refusals === 0 ? "" : `refused ${String(refusals)} times with 429 (${why}), `;
    return `${pod.name} (UID ${pod.uid}): ${refused}${accepted ? "evicted" : "not yet evicted"}`;
  });
  const seen = `${nodes.join(", ")} cordoned; ${answers.join("; ")}`;
  const not = (why: string): Look<string> => ({ done: false, seen: `${seen}; ${why}` });
  if (open.length > 0) return not(`${open.join(", ")} takes pods again`);
  if (evictions.some(({ accepted }) => !accepted)) return not("not all are evicted");
  const left = evictions.filter(({ pod }) => now.gateways.some(({ uid }) => uid === pod.uid));
  if (left.length > 0) return not(`${named(left.map(({ pod }) => pod))} still there`);
  const elsewhere = now.gateways.filter(({ ready, node }) => ready && !nodes.includes(node));
  if (evictions.length > allowed && evictions.every(({ refusals }) => refusals === 0)) {
    return not(`no eviction was refused, though the budget allowed ${String(allowed)}`);
  }
  if (elsewhere.length < wanted) {
    return not(`${String(elsewhere.length)} of ${String(wanted)} gateways ready on other nodes`);
  }
  const where = elsewhere.map(({ name, node }) => `${name} on ${node}`).join(", ");
  return { done: true, value: `${seen}; ready: ${where}` };
}

/** Done when each of the nodes takes pods. */
export function judgeOpen(nodes: readonly string[], now: readonly NodeState[]): Look<string> {
  const closed = nodes.filter(
    (name) => now.find((node) => node.name === name)?.schedulable !== true,
  );
  return closed.length === 0
    ? { done: true, value: `${nodes.join(", ")} schedulable` }
    : { done: false, seen: `${closed.join(", ")} not schedulable` };
}
