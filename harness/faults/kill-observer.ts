/** Kills an observer's process, which restarts in place: what the harness must notice of itself. */
import { killPodInPlace } from "../cluster/kill-pod.js";
import type { Look } from "../cluster/wait.js";
import { messageOf } from "../model/errors.js";
import type { KillObserver } from "../model/service-faults.js";
import { awaitProof } from "./await-proof.js";
import { healsItself, type Fault, type FaultContext } from "./fault.js";

/** Node starts in a second or two; the rest is room for a busy host. */
const PROOF_MS = 60_000;

/** A fault of kind `kill-observer`. */
export function killObserverFault({ observer }: KillObserver): Fault {
  let boot: string | undefined;
  return {
    inject: async (context) => {
      const { client, cluster, namespace, signal } = context;
      const { pod: name, status } = clientOf(context, observer);
      ({ boot } = await status(signal));
      const { metadata, status: state } = await client.core.readNamespacedPod({ name, namespace });
      const uid = metadata?.uid ?? "";
      await killPodInPlace(client, cluster, { namespace, name, uid }, signal);
      return [{ kind: "observer", name, uid, ip: state?.podIP ?? "" }];
    },
    prove: (context) =>
      awaitProof(context, {
        what: `${observer} to answer again as another process`,
        timeoutMs: PROOF_MS,
        look: async (signal) => {
          try {
            const now = await clientOf(context, observer).status(signal);
            return judgeBoot(observer, boot, now.boot);
          } catch (thrown) {
            context.signal?.throwIfAborted();
            return { done: false, seen: messageOf(thrown) };
          }
        },
      }),
    // The kubelet starts it again.
    heal: healsItself,
  };
}

/** Done when another process answers than the one that was killed. */
export const judgeBoot = (
  observer: string,
  before: string | undefined,
  now: string,
): Look<string> =>
  before === undefined || before === now
    ? { done: false, seen: `${observer} is still process ${now}` }
    : { done: true, value: `${observer} was process ${before} and is ${now}` };

const clientOf = (
  { observers }: FaultContext,
  observer: KillObserver["observer"],
): { pod: string; status: (signal?: AbortSignal) => Promise<{ boot: string }> } =>
  observer === "generator" ? observers.generator : observers.backends[observer];
