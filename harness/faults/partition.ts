/** Parts two sides by dropping packets on a node, proves it by the rules' counters, heals by taking the rules away. */
import {
  dropPackets,
  packetRules,
  removePacketRules,
  type PacketRule,
  type RuleInForce,
} from "../cluster/packet-rules.js";
import type { Look } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { FaultTarget } from "../model/history.js";
import type { Partition } from "../model/node-faults.js";
import { BACKENDS } from "../model/signal.js";
import { awaitProof } from "./await-proof.js";
import { collectors, pickTargets, targetOf, type CollectorState } from "./collectors.js";
import type { Fault, FaultContext } from "./fault.js";
import { pickNodes } from "./node-targets.js";

/** Gateways export every 10 s at the latest, agents every 2 s. */
const PROOF_MS = 60_000;
const LOOK_MS = 1_000;

/** Two addresses between which nothing passes. */
export interface Pair {
  readonly first: string;
  readonly second: string;
}

/** A fault of kind `partition`. */
export function partitionFault(spec: Partition): Fault {
  let pairs: readonly Pair[] = [];
  return {
    inject: async (context) => {
      const sides = await sidesOf(context, spec);
      pairs = sides.pairs;
      for (const rule of rulesOf(sides.node, pairs, spec.way)) {
        await dropPackets(context.cluster, rule, context.signal);
      }
      return sides.targets;
    },
    prove: (context) =>
      awaitProof(context, {
        what: "packets to be dropped",
        timeoutMs: PROOF_MS,
        intervalMs: LOOK_MS,
        look: async () => judgePartition(pairs, await packetRules(context.cluster, context.signal)),
      }),
    heal: healRules,
  };
}

/** Takes every rule of ours away and sees that none is left; safe whatever is there. */
export async function healRules({ cluster, signal }: FaultContext): Promise<string> {
  const removed = await removePacketRules(cluster, signal);
  const [left] = await packetRules(cluster, signal);
  if (left !== undefined) {
    throw new HarnessError(`a packet rule is left on ${left.node}: ${left.words.join(" ")}`);
  }
  return removed === 0 ? "" : `${String(removed)} packet rules removed, none left`;
}

/** Where packets are dropped and between whom. */
async function sidesOf(
  context: FaultContext,
  { between }: Partition,
): Promise<{ node: string; pairs: Pair[]; targets: FaultTarget[] }> {
  const { client, random } = context;
  const ready = (await collectors(context, "gateway")).filter((gateway) => gateway.ready);
  if (between === "two-nodes") {
    const [near = "", far = ""] = pickNodes(ready, "two", random);
    const { items } = await client.core.listNode();
    const nodes = [near, far].map((name) => items.find(({ metadata }) => metadata?.name === name));
    const [first, second] = nodes.map((node) => node?.spec?.podCIDR);
    if (!first || !second) throw new HarnessError(`${near} or ${far} has no network of pods`);
    const targets = nodes.map((node): FaultTarget => ({
      kind: "node",
      name: node?.metadata?.name ?? "",
      uid: node?.metadata?.uid ?? "",
      ip: node?.status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "",
    }));
    return { node: near, pairs: [{ first, second }], targets };
  }
  const [gateway] = pickTargets<CollectorState>(ready, "one", random);
  if (gateway === undefined) throw new HarnessError("no gateway is ready");
  const targets = [targetOf(gateway)];
  const { node, ip } = gateway;
  if (between === "agents-and-gateway") {
    const agents = (await collectors(context, "agent")).filter((agent) => agent.ready);
    return { node, pairs: agents.map((agent) => ({ first: agent.ip, second: ip })), targets };
  }
  const backends = await backendAddresses(context);
  return { node, pairs: backends.map((backend) => ({ first: ip, second: backend })), targets };
}

/** Of the pods: a Service's address is translated before packets are forwarded. */
export async function backendAddresses({ client, namespace }: FaultContext): Promise<string[]> {
  const labelSelector = `app in (${BACKENDS.join(", ")})`;
  const { items } = await client.core.listNamespacedPod({ namespace, labelSelector });
  const ips = items.flatMap(({ status }) => status?.podIP ?? []);
  if (ips.length === BACKENDS.length) return ips;
  throw new HarnessError(
    `${String(ips.length)} of ${String(BACKENDS.length)} backends have an address`,
  );
}

/** The rules for pairs: `there` drops what goes from the first to the second. */
export function rulesOf(node: string, pairs: readonly Pair[], way: Partition["way"]): PacketRule[] {
  return pairs.flatMap(({ first, second }) => {
    const there = { node, from: first, to: second };
    const back = { node, from: second, to: first };
    return way === "both" ? [there, back] : way === "there" ? [there] : [back];
  });
}

/** Done when for every pair a rule is in force that has dropped a packet. */
export function judgePartition(
  pairs: readonly Pair[],
  rules: readonly RuleInForce[],
): Look<string> {
  const counts = pairs.map(({ first, second }) => {
    const own = rules.filter(
      ({ from, to }) => (from === first && to === second) || (from === second && to === first),
    );
    const packets = own.reduce((sum, rule) => sum + rule.packets, 0);
    return { packets, text: `${String(packets)} packets between ${first} and ${second}` };
  });
  const seen = `dropped ${counts.map(({ text }) => text).join(", ")}`;
  const done = counts.length > 0 && counts.every(({ packets }) => packets > 0);
  return done ? { done: true, value: seen } : { done: false, seen };
}
