/** Stops a gateway's process and lets it go on: its sockets take what comes, and nobody answers. */
import { runInNode, signalContainer, type NodeContainer } from "kind-node";
import { kit } from "../cluster/kit-errors.js";
import { containerOf } from "../cluster/kill-pod.js";
import { waitFor, type Look } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { FaultTarget } from "../model/history.js";
import type { FreezeGateway } from "../model/node-faults.js";
import { awaitProof } from "./await-proof.js";
import { collectors, pickTargets, targetOf } from "./collectors.js";
import type { Fault, FaultContext } from "./fault.js";

/** Three probes, 5 s apart, must fail before a gateway is not ready. */
const PROOF_MS = 60_000;
const HEAL_MS = 60_000;

/** A fault of kind `freeze-gateway`. */
export function freezeGatewayFault({ outage }: FreezeGateway): Fault {
  let target: FaultTarget | undefined;
  let frozen: NodeContainer | undefined;
  let pid = 0;
  return {
    inject: async (context) => {
      const { client, cluster, namespace, signal } = context;
      const ready = (await collectors(context, "gateway")).filter((gateway) => gateway.ready);
      const [picked] = pickTargets(ready, "one", context.random).map(targetOf);
      if (picked === undefined) return [];
      target = picked;
      frozen = await containerOf(client, cluster, { namespace, ...picked });
      pid = await kit(signalContainer(frozen, "STOP", { signal }));
      return [picked];
    },
    prove: (context) =>
      awaitProof(context, {
        what: "the gateway to be stopped",
        timeoutMs: PROOF_MS,
        look: async () => {
          if (frozen === undefined || target === undefined) {
            throw new HarnessError("no gateway was struck");
          }
          const uid = target.uid;
          const state = await processState(frozen, pid, context.signal);
          const pod = (await collectors(context, "gateway")).find((one) => one.uid === uid);
          return judgeFreeze(target, outage, { state, ready: pod?.ready ?? false });
        },
      }),
    heal: async (context) => {
      if (target === undefined) return "";
      const struck = target;
      return waitFor({
        what: `gateway ${struck.name} to run again`,
        timeoutMs: HEAL_MS,
        signal: context.signal,
        probe: () => release(context, struck),
      });
    },
  };
}

/**
 * Lets the process go on and looks whether it does. Its container may be another one by now, or just being started:
 * the kubelet ends what fails its liveness probe.
 */
async function release(context: FaultContext, struck: FaultTarget): Promise<Look<string>> {
  const { client, cluster, namespace, signal } = context;
  const pod = (await collectors(context, "gateway")).find(({ uid }) => uid === struck.uid);
  if (pod === undefined) return { done: true, value: `${struck.name} is gone` };
  try {
    const container = await containerOf(client, cluster, { namespace, ...struck });
    const pid = await kit(signalContainer(container, "CONT", { signal }));
    const state = await processState(container, pid, signal);
    const line = `${struck.name} in state ${state}, ${pod.ready ? "ready" : "not ready"}`;
    return pod.ready && !state.startsWith("T")
      ? { done: true, value: line }
      : { done: false, seen: line };
  } catch (thrown) {
    if (!(thrown instanceof HarnessError)) throw thrown;
    return { done: false, seen: thrown.message };
  }
}

/** `T (stopped)`, as the kernel has it; empty when there is no such process. */
async function processState(
  { cluster, node }: NodeContainer,
  pid: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  // Without the file, the process has ended.
  const path = `/proc/${String(pid)}/status`;
  const command = ["sed", "--quiet", "/^State:/p", path] as const;
  try {
    return stateIn(await kit(runInNode(cluster, node, command, { signal })));
  } catch (thrown) {
    if (!(thrown instanceof HarnessError)) throw thrown;
    return "";
  }
}

/** The state in a line of /proc/PID/status. */
export const stateIn = (line: string): string => /^State:\s+(.+)$/m.exec(line)?.[1] ?? "";

/** Done when the kernel has the process as stopped and, where the cluster had to notice, its pod is not ready. */
export function judgeFreeze(
  { name, uid }: FaultTarget,
  outage: FreezeGateway["outage"],
  { state, ready }: { readonly state: string; readonly ready: boolean },
): Look<string> {
  const line = `process of ${name} (UID ${uid}) in state ${state || "none"}, pod ${ready ? "ready" : "not ready"}`;
  const done = state.startsWith("T") && (outage === "unnoticed" || !ready);
  return done ? { done: true, value: line } : { done: false, seen: line };
}
