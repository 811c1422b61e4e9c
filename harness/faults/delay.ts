/**
 * Delays what goes to a gateway: by the kernel where it can, else by a proxy; proven by how long the gateway takes to
 * answer, before and meanwhile.
 */
import { listNodes, runInNode } from "kind-node";
import { kit } from "../cluster/kit-errors.js";
import type { Look } from "../cluster/wait.js";
import { withPort } from "../model/addresses.js";
import { HarnessError } from "../model/errors.js";
import type { CollectorState } from "./collectors.js";
import { delayProxy, GATEWAY_PORT, proxyProgram } from "./delay-proxy.js";
import type { Fault, FaultContext } from "./fault.js";
import type { Hindrance } from "./hindrance.js";
import { hold, kernelCanHold, shaping } from "./shape-packets.js";

/** Their median is the round trip: a busy machine now and then holds one up. */
const ANSWERS = 3;
const LONGEST_ANSWER_S = 9;

/** A delay of everything that goes to a gateway. */
export function delay(delayMs: number): Hindrance {
  let by: Hindrance | undefined;
  let from = "";
  let beforeMs = NaN;
  return {
    put: async (context, gateway) => {
      from = await otherNode(context, gateway.node);
      beforeMs = await roundTripMs(context, from, gateway);
      const canHold = await kernelCanHold(context, gateway.node);
      by = canHold ? shaping(hold(delayMs)) : delayProxy(delayMs);
      await by.put(context, gateway);
    },
    look: async (context, gateway) => {
      const look = await by?.look(context, gateway);
      if (look?.done !== true) return look ?? { done: false, seen: "nothing was put there" };
      try {
        const duringMs = await roundTripMs(context, from, gateway);
        return judgeRoundTrip({ beforeMs, duringMs, delayMs }, look.value);
      } catch (thrown) {
        // It may answer the next time.
        if (!(thrown instanceof HarnessError)) throw thrown;
        return { done: false, seen: thrown.message };
      }
    },
    remove: async (context, gateway) => (await by?.remove(context, gateway)) ?? "",
  };
}

/** Builds the proxy where the kernel cannot do without it: that takes long, and a fault must strike in time. */
export const prepareDelay: NonNullable<Fault["prepare"]> = async ({
  cluster,
  signal,
  progress,
}) => {
  const node = await otherNode({ cluster, signal }, "");
  if (await kernelCanHold({ cluster, signal }, node)) return;
  await proxyProgram({ signal, onProgress: (line) => progress.status(line) });
};

/** A node that runs and is not the one named: what it sends to a gateway there goes as agents' packets do. */
async function otherNode(
  { cluster, signal }: Pick<FaultContext, "cluster" | "signal">,
  named: string,
): Promise<string> {
  const nodes = await kit(listNodes(cluster, { signal }));
  const other = nodes.find(({ name, running }) => running && name !== named);
  if (other !== undefined) return other.name;
  throw new HarnessError(`cluster ${cluster} has no second node to ask a gateway from`);
}

/**
 * How long the gateway's process takes to answer: the median of a few plain HTTP/2 requests, which its gRPC server
 * refuses before anything of OTLP sees them. Each has a connection of its own, which is made while the time runs.
 */
async function roundTripMs(
  { cluster, signal }: FaultContext,
  from: string,
  { ip, name }: CollectorState,
): Promise<number> {
  const url = `http://${withPort(ip, GATEWAY_PORT)}/`;
  const ask =
    "curl --silent --show-error --noproxy '*' --http2-prior-knowledge --output /dev/null " +
    `--max-time ${String(LONGEST_ANSWER_S)} --write-out '%{time_starttransfer}\\n' ${url}`;
  const command = ["sh", "-c", Array.from({ length: ANSWERS }, () => ask).join("; ")] as const;
  const times = timesIn(await kit(runInNode(cluster, from, command, { signal })));
  const answered = times.filter((ms) => ms > 0);
  if (answered.length === ANSWERS) return median(answered);
  const few = `${String(answered.length)} of ${String(ANSWERS)}`;
  throw new HarnessError(`${name} answered ${few} requests from ${from}`);
}

/** The milliseconds in lines of seconds, `0.301523`. */
export const timesIn = (text: string): number[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Number(line) * 1_000);

/** The one in the middle of an odd number of times. */
export const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;

/** Done when an answer takes longer than before by the delay or more. */
export function judgeRoundTrip(
  {
    beforeMs,
    duringMs,
    delayMs,
  }: { readonly beforeMs: number; readonly duringMs: number; readonly delayMs: number },
  also: string,
): Look<string> {
  const line = `an answer takes ${duringMs.toFixed(1)} ms, ${beforeMs.toFixed(1)} ms before; ${also}`;
  const done = duringMs - beforeMs >= delayMs;
  return done ? { done: true, value: line } : { done: false, seen: line };
}
