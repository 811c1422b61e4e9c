/** Loses, throttles or delays what goes to one gateway, on the node that it runs on. */
import { dropPackets, everywhereLike, packetRules } from "../cluster/packet-rules.js";
import { HarnessError } from "../model/errors.js";
import type { SlowNetwork } from "../model/node-faults.js";
import { awaitProof } from "./await-proof.js";
import { collectors, pickTargets, targetOf, type CollectorState } from "./collectors.js";
import { delay, prepareDelay } from "./delay.js";
import type { Fault } from "./fault.js";
import type { Hindrance } from "./hindrance.js";
import { healRules } from "./partition.js";
import { shaping, throttle } from "./shape-packets.js";

const PROOF_MS = 60_000;
const LOOK_MS = 1_000;

/** A fault of kind `slow-network`. */
export function slowNetworkFault(spec: SlowNetwork): Fault {
  let gateway: CollectorState | undefined;
  const hindrance = hindranceOf(spec);
  return {
    ...(spec.how === "delay" ? { prepare: prepareDelay } : {}),
    inject: async (context) => {
      const ready = (await collectors(context, "gateway")).filter((one) => one.ready);
      [gateway] = pickTargets<CollectorState>(ready, "one", context.random);
      if (gateway === undefined) return [];
      await hindrance.put(context, gateway);
      return [targetOf(gateway)];
    },
    prove: (context) =>
      awaitProof(context, {
        what: "packets to be held back or dropped",
        timeoutMs: PROOF_MS,
        intervalMs: LOOK_MS,
        look: () => {
          if (gateway === undefined) throw new HarnessError("no gateway was struck");
          return hindrance.look(context, gateway);
        },
      }),
    heal: async (context) => (gateway === undefined ? "" : hindrance.remove(context, gateway)),
  };
}

function hindranceOf(spec: SlowNetwork): Hindrance {
  switch (spec.how) {
    case "loss":
      return loss(spec.share);
    case "bandwidth":
      return shaping(throttle(spec.kbitPerSecond));
    case "delay":
      return delay(spec.delayMs);
  }
}

/** Drops a share of the packets. */
const loss = (share: number): Hindrance => ({
  put: ({ cluster, signal }, { node, ip }) =>
    dropPackets(cluster, { node, from: everywhereLike(ip), to: ip, share }, signal),
  look: async ({ cluster, signal }, { name }) => {
    const rules = await packetRules(cluster, signal);
    const packets = rules.reduce((sum, rule) => sum + rule.packets, 0);
    const line = `${String(packets)} packets to ${name} dropped`;
    return packets > 0 ? { done: true, value: line } : { done: false, seen: line };
  },
  remove: healRules,
});
