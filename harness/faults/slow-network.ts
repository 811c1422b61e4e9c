/** Loses, throttles or delays the packets that go to one gateway, on the node that it runs on. */
import { KitError, runInNode } from "kind-node";
import { dropPackets, packetRules } from "../cluster/packet-rules.js";
import { kit } from "../cluster/kit-errors.js";
import type { Look } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { SlowNetwork } from "../model/node-faults.js";
import { awaitProof } from "./await-proof.js";
import { collectors, pickTargets, targetOf, type CollectorState } from "./collectors.js";
import type { Fault, FaultContext } from "./fault.js";
import { healRules } from "./partition.js";

const PROOF_MS = 60_000;
const LOOK_MS = 1_000;
const EVERYWHERE = "0.0.0.0/0";
/** Room for what an agent sends in one go; more waits, and is dropped when it would wait longer. */
const BURST = "16kb";
const QUEUE_FOR = "400ms";

/** A fault of kind `slow-network`. */
export function slowNetworkFault(spec: SlowNetwork): Fault {
  let gateway: CollectorState | undefined;
  let device = "";
  return {
    inject: async (context) => {
      const ready = (await collectors(context, "gateway")).filter((one) => one.ready);
      [gateway] = pickTargets<CollectorState>(ready, "one", context.random);
      if (gateway === undefined) return [];
      const { node, ip } = gateway;
      if (spec.how === "loss") {
        const rule = { node, from: EVERYWHERE, to: ip, share: spec.share };
        await dropPackets(context.cluster, rule, context.signal);
      } else {
        device = await deviceOf(context, gateway);
        await shape(context, node, ["add", "dev", device, "root", ...disciplineOf(spec)]);
      }
      return [targetOf(gateway)];
    },
    prove: (context) =>
      awaitProof(context, {
        what: "packets to be held back or dropped",
        timeoutMs: PROOF_MS,
        intervalMs: LOOK_MS,
        look: async () => {
          if (gateway === undefined) throw new HarnessError("no gateway was struck");
          if (spec.how === "loss") {
            const rules = await packetRules(context.cluster, context.signal);
            const packets = rules.reduce((sum, rule) => sum + rule.packets, 0);
            const line = `${String(packets)} packets to ${gateway.name} dropped`;
            return packets > 0 ? { done: true, value: line } : { done: false, seen: line };
          }
          return judgeShaping(gateway.name, await shapingOf(context, gateway.node, device));
        },
      }),
    heal: async (context) => {
      if (gateway === undefined) return "";
      if (spec.how === "loss") return healRules(context);
      if (device === "") return "";
      const { node } = gateway;
      // A device of a pod that is gone went with it.
      if ((await shapingOf(context, node, device)).kind !== "none") {
        await shape(context, node, ["del", "dev", device, "root"]);
      }
      const left = await shapingOf(context, node, device);
      if (left.kind === "none") return `${device} on ${node} is as it was`;
      throw new HarnessError(`${device} on ${node} still has a queueing discipline: ${left.kind}`);
    },
  };
}

function disciplineOf(spec: Exclude<SlowNetwork, { how: "loss" }>): string[] {
  return spec.how === "bandwidth"
    ? ["tbf", "rate", `${String(spec.kbitPerSecond)}kbit`, "burst", BURST, "latency", QUEUE_FOR]
    : ["netem", "delay", `${String(spec.delayMs)}ms`];
}

/** The node's end of the gateway's cable: `10.244.1.3 dev veth1a2b src …`. */
async function deviceOf(
  { cluster, signal }: FaultContext,
  { node, ip, name }: CollectorState,
): Promise<string> {
  const said = await kit(runInNode(cluster, node, ["ip", "route", "get", ip], { signal }));
  const device = deviceIn(said);
  if (device === undefined)
    throw new HarnessError(`${node} has no cable to ${name}: ${said.trim()}`);
  return device;
}

export const deviceIn = (said: string): string | undefined =>
  /\bdev ((?!eth0\b|lo\b)[\w.-]+)/.exec(said)?.[1];

/** HarnessError that says so when the host's kernel does not have the discipline. */
async function shape(
  { cluster, signal }: FaultContext,
  node: string,
  words: readonly string[],
): Promise<void> {
  try {
    await runInNode(cluster, node, ["tc", "qdisc", ...words], { signal });
  } catch (thrown) {
    if (!(thrown instanceof KitError)) throw thrown;
    const missing = /unknown qdisc|qdisc kind is unknown|No such file/i.test(thrown.stderr ?? "");
    const discipline = words.includes("netem") ? "netem" : "tbf";
    if (!missing) return kit(Promise.reject(thrown));
    throw new HarnessError(`this host's kernel has no ${discipline}, so packets cannot be shaped`, {
      fix: `load the module sch_${discipline} on the host, or leave this scenario out`,
      cause: thrown,
    });
  }
}

export interface Shaping {
  /** `tbf`, `netem`, or `none` without one of ours. */
  readonly kind: string;
  readonly sent: number;
  readonly dropped: number;
  /** How often something had to wait. */
  readonly overlimits: number;
}

async function shapingOf(
  { cluster, signal }: FaultContext,
  node: string,
  device: string,
): Promise<Shaping> {
  const list = ["tc", "-s", "qdisc", "show"] as const;
  return shapingIn(await kit(runInNode(cluster, node, list, { signal })), device);
}

/** What `tc -s qdisc show` prints of a device. */
export function shapingIn(text: string, device: string): Shaping {
  const lines = text.split("\n");
  const at = lines.findIndex((line) =>
    new RegExp(`^qdisc (tbf|netem) .*dev ${device} `).test(line),
  );
  const kind = /^qdisc (\w+)/.exec(lines[at] ?? "")?.[1] ?? "none";
  const counts = /Sent \d+ bytes (\d+) pkt \(dropped (\d+), overlimits (\d+)/.exec(
    at === -1 ? "" : (lines[at + 1] ?? ""),
  );
  const [sent = 0, dropped = 0, overlimits = 0] = (counts ?? []).slice(1).map(Number);
  return { kind, sent, dropped, overlimits };
}

/** Done when something had to wait or was dropped; a delay when anything passed it. */
export function judgeShaping(
  gateway: string,
  { kind, sent, dropped, overlimits }: Shaping,
): Look<string> {
  const line =
    `${kind} before ${gateway}: ${String(sent)} packets sent, ` +
    `${String(overlimits)} times over the limit, ${String(dropped)} dropped`;
  const done = kind === "netem" ? sent > 0 : kind === "tbf" && overlimits + dropped > 0;
  return done ? { done: true, value: line } : { done: false, seen: line };
}
