/** Throttles or delays packets by a queueing discipline of the kernel, at the node's end of a gateway's cable. */
import { KitError, runInNode } from "kind-node";
import { kit } from "../cluster/kit-errors.js";
import type { Look } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { CollectorState } from "./collectors.js";
import type { FaultContext } from "./fault.js";
import type { Hindrance } from "./hindrance.js";

/** Room for what an agent sends in one go; more waits, and is dropped when it would wait longer. */
const BURST = "16kb";
const QUEUE_FOR = "400ms";

/** A discipline in the words of tc. */
type Discipline = readonly ["tbf" | "netem", ...string[]];

export const throttle = (kbitPerSecond: number): Discipline => [
  ...(["tbf", "rate", `${String(kbitPerSecond)}kbit`] as const),
  ...["burst", BURST, "latency", QUEUE_FOR],
];
export const hold = (delayMs: number): Discipline => ["netem", "delay", `${String(delayMs)}ms`];

/** A queueing discipline before a gateway. */
export function shaping(discipline: Discipline): Hindrance {
  let device = "";
  return {
    put: async (context, gateway) => {
      device = await deviceOf(context, gateway);
      await shape(context, gateway.node, ["add", "dev", device, "root", ...discipline]);
    },
    look: async (context, { name, node }) =>
      judgeShaping(name, await shapingOf(context, node, device)),
    remove: async (context, { node }) => {
      if (device === "") return "";
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

/** Whether the host's kernel can delay packets: tried in a network of its own, which ends with the attempt. */
export async function kernelCanHold(
  { cluster, signal }: Pick<FaultContext, "cluster" | "signal">,
  node: string,
): Promise<boolean> {
  const add = ["tc", "qdisc", "add", "dev", "lo", "root", ...hold(1)];
  try {
    await runInNode(cluster, node, ["unshare", "--net", ...add], { signal });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof KitError)) throw thrown;
    return false;
  }
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
