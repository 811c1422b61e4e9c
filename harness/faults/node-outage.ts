/** A worker that runs a gateway is gone for a while: what a crash and a freeze of a node have in common. */
import { nodePower, switchNode, type NodePower } from "kind-node";
import { kit } from "../cluster/kit-errors.js";
import { heartbeatMs, nodeStates, type NodeState } from "../cluster/node-states.js";
import { isReady } from "../cluster/pod-trouble.js";
import { waitFor, type Look } from "../cluster/wait.js";
import { formatDuration, minutes } from "../model/durations.js";
import { HarnessError } from "../model/errors.js";
import { awaitProof, type Proof } from "./await-proof.js";
import { collectors, targetOf } from "./collectors.js";
import type { Fault, FaultContext } from "./fault.js";
import { restoreEgressGuard } from "./guard.js";
import { pickNodes, targetOfNode } from "./node-targets.js";

/** The outage itself and what the node needs to be back. */
const PROOF_MS = minutes(4);
const LOOK_MS = 1_000;
/** Agents were ready 21 s after a start on two busy cores; a back-off of the kubelet is 10 s more. */
const HEAL_MS = 150_000;

export interface OutageSpec {
  readonly strike: "kill" | "pause";
  readonly outage: "unnoticed" | "noticed";
}

/** What was seen of the struck node since the strike. */
export interface OutageSeen {
  readonly bootBefore: string;
  /** It was down, or frozen. */
  readonly wasOut: boolean;
  readonly wasNotReady: boolean;
  /** Why, as the cluster worded it. */
  readonly reason: string;
  readonly power: NodePower;
}

export function nodeOutage(spec: OutageSpec): Fault {
  let struck: NodeState | undefined;
  let seen: OutageSeen | undefined;
  return {
    inject: async (context) => {
      const { client, cluster, signal } = context;
      const gateways = await collectors(context, "gateway");
      const [name = ""] = pickNodes(gateways, "one", context.random);
      const states = await nodeStates(client);
      const state = states.find((node) => node.name === name);
      if (state === undefined) throw new HarnessError(`the API has no node ${name}`);
      const power = await kit(nodePower(cluster, name, { signal }));
      struck = state;
      seen = { bootBefore: power.startedAt, wasOut: false, wasNotReady: false, reason: "", power };
      await kit(switchNode(spec.strike, { cluster, node: name }, { signal }));
      const agents = await collectors(context, "agent");
      const pods = [...gateways, ...agents].filter(({ node }) => node === name);
      return [targetOfNode(state), ...pods.map(targetOf)];
    },
    prove: (context): Promise<Proof> =>
      awaitProof(context, {
        what: "the outage of the node to be seen",
        timeoutMs: PROOF_MS,
        intervalMs: LOOK_MS,
        look: async () => {
          if (struck === undefined || seen === undefined)
            throw new HarnessError("no node was struck");
          seen = await lookAgain(context, struck.name, seen);
          return judgeOutage(struck.name, spec, seen);
        },
      }),
    heal: async (context) => {
      if (struck === undefined || seen === undefined) return "";
      const { name } = struck;
      const where = { cluster: context.cluster, node: name };
      const { signal } = context;
      const beganMs = Date.now();
      await kit(switchNode(spec.strike === "kill" ? "start" : "unpause", where, { signal }));
      await demandSameAddress(context, struck);
      const said = await waitFor({
        what: `node ${name} and its pods to be well again`,
        timeoutMs: HEAL_MS,
        signal,
        probe: async () => lookHealed(context, name, beganMs, spec.strike === "kill"),
      });
      const guard = await restoreEgressGuard(context.cluster, name, signal);
      const since = spec.strike === "kill" ? "start" : "release";
      return `${said} ${formatDuration(Date.now() - beganMs)} after its ${since}; ${guard}`;
    },
  };
}

async function lookAgain(
  { client, cluster, signal }: FaultContext,
  name: string,
  before: OutageSeen,
): Promise<OutageSeen> {
  const power = await kit(nodePower(cluster, name, { signal }));
  const state = (await nodeStates(client)).find((node) => node.name === name);
  const notReady = state?.ready === false;
  return {
    ...before,
    power,
    wasOut: before.wasOut || !power.running || power.paused,
    wasNotReady: before.wasNotReady || notReady,
    reason: notReady ? state.reason : before.reason,
  };
}

/**
 * Done when the node was seen down or frozen and, where the cluster had to notice, not ready. A crash is proven by a
 * later boot only: the one that ended the outage.
 */
export function judgeOutage(
  name: string,
  { strike, outage }: OutageSpec,
  seen: OutageSeen,
): Look<string> {
  const rebooted = seen.power.running && seen.power.startedAt !== seen.bootBefore;
  const readiness = seen.wasNotReady ? `seen not ready (${seen.reason})` : "not seen not ready";
  const boot =
    strike === "pause"
      ? ""
      : rebooted
        ? `, booted ${seen.power.startedAt} after ${seen.bootBefore}`
        : `, still of boot ${seen.bootBefore}`;
  const out = `${name} ${seen.wasOut ? `was ${strike === "kill" ? "down" : "frozen"}` : "was not seen out"}`;
  const line = `${out}, ${readiness}${boot}`;
  const noticed = outage === "unnoticed" || seen.wasNotReady;
  const done = seen.wasOut && noticed && (strike === "pause" || rebooted);
  return done ? { done: true, value: line } : { done: false, seen: line };
}

/** A node with another address is another node to the generator and to every agent's plan. */
async function demandSameAddress({ client }: FaultContext, { name, ip }: NodeState): Promise<void> {
  const now = (await nodeStates(client)).find((node) => node.name === name);
  if (now?.ip === ip) return;
  throw new HarnessError(`node ${name} came back with the address ${now?.ip ?? "none"}, not ${ip}`);
}

/** The status of a node that is out stays what it was: only what is younger than the healing counts. */
async function lookHealed(
  context: FaultContext,
  name: string,
  beganMs: number,
  restarted: boolean,
): Promise<Look<string>> {
  const { client, namespace, signal } = context;
  const beatMs = await heartbeatMs(client, name, signal);
  if (beatMs < beganMs) return { done: false, seen: `no heartbeat of ${name} since` };
  const state = (await nodeStates(client)).find((node) => node.name === name);
  if (state?.ready !== true) return { done: false, seen: `${name} is not ready` };
  const fieldSelector = `spec.nodeName=${name}`;
  const { items } = await client.core.listNamespacedPod({ namespace, fieldSelector });
  const sick = items.find((pod) => {
    const startedMs = (pod.status?.containerStatuses ?? []).map(
      ({ state }) => state?.running?.startedAt?.getTime() ?? 0,
    );
    const fresh = !restarted || startedMs.every((ms) => ms >= beganMs - 1_000);
    return !(isReady(pod) && fresh);
  });
  return sick === undefined
    ? { done: true, value: `${name} ready with ${String(items.length)} pods` }
    : { done: false, seen: `${sick.metadata?.name ?? "a pod"} on ${name} is not ready anew` };
}
