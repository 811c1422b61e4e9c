/** Fills the volume of a gateway's queue, parts it from its backends, and proves it by what the gateway logs then. */
import { runInNode } from "kind-node";
import { dropPackets } from "../cluster/packet-rules.js";
import { kit } from "../cluster/kit-errors.js";
import type { Look } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import { awaitProof } from "./await-proof.js";
import { collectors, pickTargets, targetOf, type CollectorState } from "./collectors.js";
import type { Fault, FaultContext } from "./fault.js";
import { backendAddresses, healRules, rulesOf } from "./partition.js";

/** A gateway writes to its queue with each batch, at most 10 s apart; a full one needs some of them. */
const PROOF_MS = 120_000;
const LOOK_MS = 2_000;
const VOLUME = "queue-storage";
const BALLAST = "agent-gateway-chaos-ballast";
const FULL = /no space left on device/i;

/** A fault of kind `fill-queue-volume`. */
export function fillQueueVolumeFault(): Fault {
  let gateway: CollectorState | undefined;
  return {
    inject: async (context) => {
      const ready = (await collectors(context, "gateway")).filter((one) => one.ready);
      const [picked] = pickTargets<CollectorState>(ready, "one", context.random);
      if (picked === undefined) return [];
      const freeBytes = await freeIn(context, picked);
      if (freeBytes > LARGEST_BYTES) {
        throw new HarnessError(
          `the queue's volume of ${picked.name} has ${String(freeBytes)} bytes free: too much to fill`,
          { fix: "use a deployment whose queue has a small volume: small-queue-volume" },
        );
      }
      gateway = picked;
      const fill = ["fallocate", "--length", String(freeBytes), ballastOf(picked)] as const;
      await kit(runInNode(context.cluster, picked.node, fill, { signal: context.signal }));
      const backends = await backendAddresses(context);
      const pairs = backends.map((second) => ({ first: picked.ip, second }));
      for (const rule of rulesOf(picked.node, pairs, "both")) {
        await dropPackets(context.cluster, rule, context.signal);
      }
      return [targetOf(picked)];
    },
    prove: (context) =>
      awaitProof(context, {
        what: "the gateway to meet its full volume",
        timeoutMs: PROOF_MS,
        intervalMs: LOOK_MS,
        look: async () => {
          if (gateway === undefined) throw new HarnessError("no gateway was struck");
          const { client, namespace } = context;
          const { name } = gateway;
          const log = await client.core.readNamespacedPodLog({ name, namespace, sinceSeconds: 60 });
          return judgeFull(name, log);
        },
      }),
    heal: async (context) => {
      if (gateway === undefined) return "";
      const { cluster, signal } = context;
      const { node } = gateway;
      const rules = await healRules(context);
      const path = ballastOf(gateway);
      await kit(runInNode(cluster, node, ["rm", "--force", path], { signal }));
      const free = await freeIn(context, gateway);
      const said = `${String(free)} bytes free again in the queue's volume of ${gateway.name}`;
      if (free > 0) return rules === "" ? said : `${said}; ${rules}`;
      throw new HarnessError(`the queue's volume of ${gateway.name} is still full`);
    },
  };
}

/** A node's own disk is never filled. */
const LARGEST_BYTES = 256 * 1_048_576;

const directoryOf = ({ uid }: CollectorState): string =>
  `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/${VOLUME}`;
const ballastOf = (gateway: CollectorState): string => `${directoryOf(gateway)}/${BALLAST}`;

/** Bytes that are free in the queue's volume. */
async function freeIn({ cluster, signal }: FaultContext, gateway: CollectorState): Promise<number> {
  const ask = ["df", "--output=avail", "--block-size=1", directoryOf(gateway)] as const;
  return freeBytesIn(await kit(runInNode(cluster, gateway.node, ask, { signal })));
}

/** The number below the heading that `df --output=avail` prints. */
export function freeBytesIn(text: string): number {
  const bytes = Number(text.trim().split("\n").at(-1));
  if (Number.isInteger(bytes)) return bytes;
  throw new HarnessError(`df did not say how much is free: ${text.trim()}`);
}

/** Done when the gateway's log says that its volume is full. */
export function judgeFull(name: string, log: string): Look<string> {
  const lines = log.split("\n").filter((line) => FULL.test(line));
  const said = `${name} logged "no space left on device" ${String(lines.length)} times`;
  return lines.length > 0 ? { done: true, value: said } : { done: false, seen: said };
}
