/** Packet rules on nodes: what a partition drops, how much it has dropped, and how all of it is taken away again. */
import { listNodes, runInNode } from "kind-node";
import { kit } from "./kit-errors.js";

/** Marks the rules as ours, so that healing finds them and nothing else. */
const COMMENT = "agent-gateway-chaos";
/** iptables is locked while kube-proxy writes its rules. */
const WAIT = ["-w", "10"] as const;

export interface PacketRule {
  /** The worker that forwards the packets: pods are reached through it. */
  readonly node: string;
  /** Addresses or networks. */
  readonly from: string;
  readonly to: string;
  /** Of the packets, 0 to 1; all when left out. */
  readonly share?: number;
}

/** A rule that is in force, as the node prints it. */
export interface RuleInForce {
  readonly node: string;
  readonly from: string;
  readonly to: string;
  readonly packets: number;
  /** Its words behind `-A`. */
  readonly words: readonly string[];
}

/** From now on the node drops these packets, before any other rule of its FORWARD chain can accept them. */
export async function dropPackets(
  cluster: string,
  { node, from, to, share }: PacketRule,
  signal?: AbortSignal,
): Promise<void> {
  const some =
    share === undefined
      ? []
      : ["-m", "statistic", "--mode", "random", "--probability", share.toFixed(6)];
  const match = ["-s", from, "-d", to, ...some, "-m", "comment", "--comment", COMMENT];
  const command = ["iptables", ...WAIT, "-I", "FORWARD", "1", ...match, "-j", "DROP"] as const;
  await kit(runInNode(cluster, node, command, { signal }));
}

/** Our rules on all nodes that run. */
export async function packetRules(cluster: string, signal?: AbortSignal): Promise<RuleInForce[]> {
  const nodes = (await kit(listNodes(cluster, { signal }))).filter(({ running }) => running);
  const list = ["iptables-save", "-c", "-t", "filter"] as const;
  const found = await Promise.all(
    nodes.map(async ({ name }) =>
      rulesIn(name, await kit(runInNode(cluster, name, list, { signal }))),
    ),
  );
  return found.flat();
}

/** Our rules in what `iptables-save -c` prints: `[3:180] -A FORWARD -s 10.0.0.1/32 …`. */
export function rulesIn(node: string, text: string): RuleInForce[] {
  return text.split("\n").flatMap((line) => {
    const [, packets, rule] = /^\[(\d+):\d+\] -A (FORWARD .+)$/.exec(line.trim()) ?? [];
    const words = rule?.split(/\s+/).map((word) => word.replace(/^"(.*)"$/, "$1")) ?? [];
    if (words[words.indexOf("--comment") + 1] !== COMMENT) return [];
    const after = (flag: string): string =>
      (words[words.indexOf(flag) + 1] ?? "").replace(/\/32$/, "");
    return [{ node, from: after("-s"), to: after("-d"), packets: Number(packets), words }];
  });
}

/** Takes all our rules away, whatever put them there; resolves with how many there were. */
export async function removePacketRules(cluster: string, signal?: AbortSignal): Promise<number> {
  const rules = await packetRules(cluster, signal);
  for (const { node, words } of rules) {
    await kit(runInNode(cluster, node, ["iptables", ...WAIT, "-D", ...words], { signal }));
  }
  return rules.length;
}
