/**
 * The egress guard: on every node, what is meant for nobody or for the outside is refused at once
 * and counted.
 */
import { readFile } from "node:fs/promises";
import { controlPlaneKubectl } from "./access.js";
import { run } from "./command.js";
import { familyOf, NETWORKS, type ClusterNetworks } from "./configuration.js";
import { kitPath } from "./content.js";
import { KitError } from "./errors.js";
import { listNodes, type OnCluster } from "./nodes.js";

/** Packets that a node refused since it started. */
export interface EgressCounters {
  readonly node: string;
  /** Meant for an address outside the cluster and its Docker network. */
  readonly outside: number;
  /** Meant for a Service address that kube-proxy did not translate. */
  readonly undeliveredService: number;
}

const DIRECTORY = "/kind/egress-guard";
const UNIT = "egress-guard.service";

/**
 * Loopback, link-local and multicast packets do not pass a router. Loopback by address, too: a
 * lookup of a node's name is sent to the gateway and then translated to Docker's resolver on
 * 127.0.0.11, still on its way to eth0.
 */
const NEVER_ROUTED_V4 = ["127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"];
const NEVER_ROUTED_V6 = ["::1/128", "fe80::/10", "ff00::/8"];

/**
 * Installs the guard on every node as a systemd unit, so that it survives a restart of the node;
 * resolves with the networks that count as inside beside the nodes' own.
 *
 * Some networks answer for every address. There, a dead pod's address looks alive, and an agent
 * believes that it delivered. With the guard, a TCP connection to an address that no pod and no
 * Service has fails at once, and no packet of the cluster leaves the host.
 */
export async function installEgressGuard(
  cluster: string,
  { signal }: OnCluster = {},
): Promise<ClusterNetworks> {
  const nodes = await listNodes(cluster, { signal });
  const podCidrs = await podCidrsOf(cluster, signal);
  const [script, unit, template] = await Promise.all(
    ["egress-guard.sh", UNIT, "rules.nft"].map((file) =>
      readFile(kitPath("egress-guard", file), "utf8"),
    ),
  );
  const networks = NETWORKS[familyOf([...podCidrs.values()][0] ?? "")];
  const nodeSubnets = await dockerSubnets(nodes[0]?.name ?? "", signal);
  const rules = renderRules(template ?? "", networks, nodeSubnets);
  await Promise.all(
    nodes.map(async ({ name }) => {
      const podCidr = podCidrs.get(name);
      if (podCidr === undefined) throw new KitError(`node ${name} has no pod network`);
      const variables = `POD_SUBNET=${networks.pods}\nPOD_CIDR=${podCidr}\n`;
      const inNode = (...command: string[]): Promise<string> =>
        run("docker", ["exec", name, ...command], { signal });
      const write = (path: string, input: string): Promise<string> =>
        run("docker", ["exec", "--interactive", name, "cp", "/dev/stdin", path], { signal, input });
      await inNode("mkdir", "-p", DIRECTORY);
      await write(`${DIRECTORY}/networks.env`, variables);
      await write(`${DIRECTORY}/rules.nft`, rules);
      await write(`${DIRECTORY}/egress-guard.sh`, script ?? "");
      await write(`/etc/systemd/system/${UNIT}`, unit ?? "");
      await inNode("chmod", "755", `${DIRECTORY}/egress-guard.sh`);
      await inNode("systemctl", "enable", "--quiet", UNIT);
      await inNode("systemctl", "restart", UNIT);
    }),
  );
  return networks;
}

/** What the running nodes of a cluster refused so far; a node that restarts begins at 0 again. */
export async function egressCounters(
  cluster: string,
  { signal }: OnCluster = {},
): Promise<EgressCounters[]> {
  const nodes = await listNodes(cluster, { signal });
  return Promise.all(
    nodes
      .filter(({ running }) => running)
      .map(async ({ name }) => {
        const list = ["nft", "--json", "list", "counters", "table", "inet", "egress_guard"];
        return parseCounters(name, await run("docker", ["exec", name, ...list], { signal }));
      }),
  );
}

/** Reads the JSON of `nft list counters`. */
export function parseCounters(node: string, text: string): EgressCounters {
  const { nftables } = JSON.parse(text) as {
    nftables: { counter?: { name: string; packets: number } }[];
  };
  const packets = (name: string): number => {
    const found = nftables.find(({ counter }) => counter?.name === name)?.counter;
    if (found === undefined) throw new KitError(`node ${node} has no egress guard`);
    return found.packets;
  };
  return {
    node,
    outside: packets("outside"),
    undeliveredService: packets("undelivered_service"),
  };
}

/** Fills the networks into the rules. */
export function renderRules(
  template: string,
  { pods, services }: ClusterNetworks,
  nodeSubnets: readonly string[],
): string {
  const isV6 = (subnet: string): boolean => familyOf(subnet) === "ipv6";
  const inside = [pods, ...nodeSubnets];
  const v4 = [...inside.filter((subnet) => !isV6(subnet)), ...NEVER_ROUTED_V4];
  const v6 = [...inside.filter(isV6), ...NEVER_ROUTED_V6];
  return template
    .replace("@SERVICES@", `${isV6(services) ? "ip6" : "ip"} daddr ${services}`)
    .replace("@LOCAL_V4@", v4.join(", "))
    .replace("@LOCAL_V6@", v6.join(", "));
}

async function podCidrsOf(
  cluster: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const path = '{range .items[*]}{.metadata.name}{"\\t"}{.spec.podCIDR}{"\\n"}{end}';
  const args = ["get", "nodes", "--output", `jsonpath=${path}`];
  const { exitCode, stdout, stderr } = await controlPlaneKubectl(cluster, args, signal);
  if (exitCode !== 0) throw new KitError(`cannot list the nodes of ${cluster}`, { stderr });
  const pairs = stdout.split("\n").map((line) => line.split("\t"));
  return new Map(pairs.flatMap(([name, cidr]) => (name && cidr ? [[name, cidr]] : [])));
}

/** The subnets of all Docker networks that a node is on. */
async function dockerSubnets(node: string, signal: AbortSignal | undefined): Promise<string[]> {
  const names = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}\n{{end}}";
  const subnets = "{{range .IPAM.Config}}{{.Subnet}}\n{{end}}";
  const list = (text: string): string[] => text.split("\n").filter(Boolean);
  const networks = list(await run("docker", ["inspect", "--format", names, node], { signal }));
  const inspect = ["network", "inspect", "--format", subnets, ...networks];
  return list(await run("docker", inspect, { signal }));
}
