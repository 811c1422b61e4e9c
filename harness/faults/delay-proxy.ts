/**
 * Delays what comes for a gateway where the kernel cannot: a Toxiproxy on the gateway's node holds it back, and rules
 * of that node lead all connections there.
 */
import { copyToNode, ensureToxiproxy, familyOf, KitError, runInNode } from "kind-node";
import { kit } from "../cluster/kit-errors.js";
import { packetRules, takeOver } from "../cluster/packet-rules.js";
import type { Look } from "../cluster/wait.js";
import { withPort } from "../model/addresses.js";
import { HarnessError } from "../model/errors.js";
import { collectors } from "./collectors.js";
import type { FaultContext } from "./fault.js";
import type { Hindrance } from "./hindrance.js";
import { healRules } from "./partition.js";

/** Where a gateway listens for OTLP over gRPC. */
export const GATEWAY_PORT = 4317;
/** Of the node, below what the kernel gives to connections and away from its NodePorts. */
const PROXY_PORT = 24317;
const API_PORT = 24318;
const API = `http://127.0.0.1:${String(API_PORT)}`;
const UNIT = "agent-gateway-chaos-delay.service";
/** It would log every connection. */
const QUIET = "--setenv=LOG_LEVEL=warn";
const PROGRAM = "/kind/agent-gateway-chaos-toxiproxy";

/** A proxy that delays everything on its way to the gateway; the answers come back as they are. */
export const delayProxy = (delayMs: number): Hindrance => ({
  put: async (context, { node, ip }) => {
    const { cluster, signal } = context;
    const through = withPort(await addressOf(context, { node, like: ip }), PROXY_PORT);
    const from = await proxyProgram({ signal });
    await kit(copyToNode(cluster, node, { from, to: PROGRAM }, { signal }));
    // As a unit, systemd knows its processes: what is stopped later is it and nothing else.
    const unit = ["systemd-run", "--quiet", "--collect", `--unit=${UNIT}`, QUIET] as const;
    await inNode(context, node, [
      ...unit,
      ...[PROGRAM, "-host", "127.0.0.1", "-port", String(API_PORT)],
    ]);
    const upstream = withPort(ip, GATEWAY_PORT);
    await post(context, node, "/proxies", { name: "gateway", listen: through, upstream });
    await post(context, node, "/proxies/gateway/toxics", {
      ...{ type: "latency", stream: "upstream" },
      attributes: { latency: delayMs },
    });
    await takeOver(cluster, { node, ip, port: GATEWAY_PORT, through }, signal);
  },
  look: async (context, { node, ip, name }) => {
    const agents = (await collectors(context, "agent")).filter(({ ready }) => ready);
    const rules = await packetRules(context.cluster, context.signal);
    const led = rules.filter((rule) => rule.table === "nat" && rule.to === ip);
    return judgeProxy(name, {
      agents: agents.map((agent) => agent.ip),
      clients: clientsIn(await inNode(context, node, CONNECTIONS)),
      led: led.reduce((sum, { packets }) => sum + packets, 0),
    });
  },
  remove: async (context, { node }) => {
    // First new connections go straight; then those through the proxy end, and their clients connect anew.
    const rules = await healRules(context);
    const ran = (await stateOf(context, node)) !== "inactive";
    if (ran) await inNode(context, node, ["systemctl", "stop", UNIT]);
    await inNode(context, node, ["rm", "--force", PROGRAM]);
    const state = await stateOf(context, node);
    if (state !== "inactive") throw new HarnessError(`${UNIT} on ${node} is still ${state}`);
    return [rules, ran ? `the proxy on ${node} has ended` : ""].filter(Boolean).join("; ");
  },
});

/** Path of the proxy's program on this host; built when it is not there. HarnessError when it cannot be. */
export async function proxyProgram(work: Parameters<typeof ensureToxiproxy>[0]): Promise<string> {
  try {
    return await ensureToxiproxy(work);
  } catch (thrown) {
    if (!(thrown instanceof KitError)) throw thrown;
    throw new HarnessError(
      `this host's kernel has no netem, and no proxy to delay packets can be built: ${thrown.message}`,
      { fix: "load the module sch_netem on the host, or install Go 1.24 or newer", cause: thrown },
    );
  }
}

const CONNECTIONS = [
  ...(["ss", "--no-header", "--tcp", "--numeric", "state", "established"] as const),
  ...["sport", "=", `:${String(PROXY_PORT)}`],
] as const;

/** `inactive` when it does not run, and when there is no such unit. */
const stateOf = async (context: FaultContext, node: string): Promise<string> =>
  (
    await inNode(context, node, ["systemctl", "show", "--property=ActiveState", "--value", UNIT])
  ).trim();

const inNode = (
  { cluster, signal }: FaultContext,
  node: string,
  command: readonly [string, ...string[]],
): Promise<string> => kit(runInNode(cluster, node, command, { signal }));

/** The address of a node that other nodes reach, of the family of another address. */
async function addressOf(
  { client }: FaultContext,
  { node, like }: { readonly node: string; readonly like: string },
): Promise<string> {
  const { status } = await client.core.readNode({ name: node });
  const internal = status?.addresses?.filter(({ type }) => type === "InternalIP") ?? [];
  const found = internal.find(({ address }) => familyOf(address) === familyOf(like));
  if (found !== undefined) return found.address;
  throw new HarnessError(`node ${node} has no address of the family of ${like}`);
}

/** Tells the proxy something; waits while it starts. */
async function post(
  context: FaultContext,
  node: string,
  path: string,
  body: object,
): Promise<void> {
  const patience = ["--retry", "10", "--retry-connrefused", "--retry-delay", "1"];
  await inNode(context, node, [
    ...(["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", ...patience] as const),
    ...["--max-time", "20", "--data", JSON.stringify(body), `${API}${path}`],
  ]);
}

/** The addresses at the far end of the connections that ss prints: `0 0 172.18.0.3:24317 10.244.2.5:40112`. */
export const clientsIn = (text: string): string[] =>
  text.split("\n").flatMap((line) => {
    const far = line.trim().split(/\s+/)[3];
    return far === undefined
      ? []
      : far.replace(/:\d+$/, "").replace(/^\[(?:::ffff:)?(.+)\]$/, "$1");
  });

/** Done when every agent is connected through the proxy, led there by the rule. */
export function judgeProxy(
  gateway: string,
  seen: {
    /** Addresses of the agents that are ready. */
    readonly agents: readonly string[];
    readonly clients: readonly string[];
    /** Connections that the rule led to the proxy. */
    readonly led: number;
  },
): Look<string> {
  const through = seen.agents.filter((ip) => seen.clients.includes(ip));
  const line =
    `${String(through.length)} of ${String(seen.agents.length)} agents reach ${gateway} through the proxy, ` +
    `${String(seen.led)} connections were led to it`;
  const done = through.length > 0 && through.length === seen.agents.length && seen.led > 0;
  return done ? { done: true, value: line } : { done: false, seen: line };
}
