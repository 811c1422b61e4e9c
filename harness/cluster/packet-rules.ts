/** Packet rules on nodes: what they drop or lead elsewhere, how much, and how all of it is taken away again. */
import { familyOf, IP_FAMILIES, listNodes, runInNode, type IpFamily } from "kind-node";
import { kit } from "./kit-errors.js";

/** Marks the rules as ours, so that healing finds them and nothing else. */
const COMMENT = "agent-gateway-chaos";
/** Rules of a family of addresses have a program of their own. */
const PROGRAM = { ipv4: "iptables", ipv6: "ip6tables" } as const satisfies Record<IpFamily, string>;
/** iptables is locked while kube-proxy writes its rules. */
const WAIT = ["-w", "10"] as const;

export interface PacketRule {
  /** The worker that forwards the packets: pods are reached through it. */
  readonly node: string;
  /** Addresses or networks, both of one family. */
  readonly from: string;
  readonly to: string;
  /** Of the packets, 0 to 1; all when left out. */
  readonly share?: number;
}

/** TCP connections to a pod that its node takes over. */
export interface Detour {
  /** The node of the pod: all that comes for it passes there. */
  readonly node: string;
  readonly ip: string;
  readonly port: number;
  /** Where they are led instead: an address of the node itself and a port of it, `172.18.0.3:24317`, `[fc00::3]:…`. */
  readonly through: string;
}

const EVERYWHERE = { ipv4: "0.0.0.0/0", ipv6: "::/0" } as const satisfies Record<IpFamily, string>;
/** All addresses of the family of this one. */
export const everywhereLike = (ip: string): string => EVERYWHERE[familyOf(ip)];

/** Where our rules are, in the order in which they must go: nothing may be refused that is not led elsewhere. */
const CHAINS = { filter: "FORWARD", nat: "PREROUTING" } as const;
type Table = keyof typeof CHAINS;

/** A rule that is in force, as the node prints it. */
export interface RuleInForce {
  readonly node: string;
  readonly family: IpFamily;
  readonly table: Table;
  /** Addresses or networks; everywhere, 0.0.0.0/0 or ::/0, where the rule does not say. */
  readonly from: string;
  readonly to: string;
  /** In nat, only the first packet of each connection is counted. */
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
  const command = [...WAIT, "-I", "FORWARD", "1", ...match, "-j", "DROP"];
  await kit(runInNode(cluster, node, [PROGRAM[familyOf(to)], ...command], { signal }));
}

/**
 * From now on the node leads every new connection for the pod elsewhere, wherever it comes from, and resets those that
 * the pod has already: so their clients connect anew. What the node itself sends to the pod stays as it is.
 */
export async function takeOver(
  cluster: string,
  { node, ip, port, through }: Detour,
  signal?: AbortSignal,
): Promise<void> {
  const match = ["-d", ip, "-p", "tcp", "--dport", String(port)];
  const comment = ["-m", "comment", "--comment", COMMENT];
  // A connection that was led elsewhere is never forwarded: what still is has not been.
  const reset = ["-j", "REJECT", "--reject-with", "tcp-reset"];
  // The client's own reset passes, so that the pod forgets the connection too.
  const unlessReset = ["!", "--tcp-flags", "RST", "RST"];
  for (const [table, rule] of [
    ["nat", [...match, ...comment, "-j", "DNAT", "--to-destination", through]],
    ["filter", [...match, ...unlessReset, ...comment, ...reset]],
  ] as const) {
    const insert = ["-t", table, "-I", CHAINS[table], "1"];
    const command = [PROGRAM[familyOf(ip)], ...WAIT, ...insert, ...rule] as const;
    await kit(runInNode(cluster, node, command, { signal }));
  }
}

/** Our rules on all nodes that run. */
export async function packetRules(cluster: string, signal?: AbortSignal): Promise<RuleInForce[]> {
  const nodes = (await kit(listNodes(cluster, { signal }))).filter(({ running }) => running);
  const found = await Promise.all(
    nodes.flatMap(({ name }) =>
      IP_FAMILIES.map(async (family) => {
        const list = [`${PROGRAM[family]}-save`, "-c"] as const;
        return rulesIn(name, family, await kit(runInNode(cluster, name, list, { signal })));
      }),
    ),
  );
  return found.flat();
}

/** Our rules in what `iptables-save -c` prints: `*filter`, then `[3:180] -A FORWARD -s 10.0.0.1/32 …`. */
export function rulesIn(node: string, family: IpFamily, text: string): RuleInForce[] {
  let table = "";
  const oneAddress = family === "ipv6" ? /\/128$/ : /\/32$/;
  return text.split("\n").flatMap((line) => {
    table = /^\*(\w+)/.exec(line)?.[1] ?? table;
    const [, packets, rule] = /^\[(\d+):\d+\] -A (.+)$/.exec(line.trim()) ?? [];
    const words = rule?.split(/\s+/).map((word) => word.replace(/^"(.*)"$/, "$1")) ?? [];
    const ours = words[words.indexOf("--comment") + 1] === COMMENT;
    if (!ours || !isTable(table) || words[0] !== CHAINS[table]) return [];
    const after = (flag: string): string => {
      const at = words.indexOf(flag);
      return at === -1 ? EVERYWHERE[family] : (words[at + 1] ?? "").replace(oneAddress, "");
    };
    const sides = { from: after("-s"), to: after("-d") };
    return [{ node, family, table, ...sides, packets: Number(packets), words }];
  });
}

const isTable = (name: string): name is Table => name in CHAINS;

/** Takes all our rules away, whatever put them there; resolves with how many there were. */
export async function removePacketRules(cluster: string, signal?: AbortSignal): Promise<number> {
  const rules = await packetRules(cluster, signal);
  const order = Object.keys(CHAINS);
  const sorted = rules.sort((a, b) => order.indexOf(a.table) - order.indexOf(b.table));
  for (const { node, family, table, words } of sorted) {
    const command = [PROGRAM[family], ...WAIT, "-t", table, "-D", ...words] as const;
    await kit(runInNode(cluster, node, command, { signal }));
  }
  return rules.length;
}
