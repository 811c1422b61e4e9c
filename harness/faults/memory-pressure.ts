/** Fills a gateway's memory with requests that are never whole: over its limiter, or over its container's limit. */
import { runInNode } from "kind-node";
import { kit } from "../cluster/kit-errors.js";
import { counterOf } from "../cluster/self-telemetry.js";
import { waitFor, type Look } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { MemoryPressure } from "../model/node-faults.js";
import { awaitProof } from "./await-proof.js";
import { collectors, pickTargets, targetOf, type CollectorState } from "./collectors.js";
import type { Fault, FaultContext } from "./fault.js";

/** A restart after running out of memory is seen within seconds; a refusal needs an agent that sends. */
const PROOF_MS = 90_000;
const LOOK_MS = 1_000;
const HEAL_MS = 90_000;
/** A systemd unit of the node, so that healing can end it whoever began it. */
const UNIT = "agent-gateway-chaos-pressure";
const HTTP_PORT = "4318";
const MIB = 1_048_576;
/** Counts what the limiter turned away, by signal. */
const REFUSED = /^otelcol_processor_refused_/;

/**
 * Sends the head of one OTLP request and all of its body but a byte, and then nothing: the receiver keeps what it has
 * and hands on nothing, so that no telemetry is made up. Arguments: address, port, bytes.
 */
const HALF_A_REQUEST = `exec 3<>"/dev/tcp/$1/$2"
printf 'POST /v1/traces HTTP/1.1\\r\\nHost: gateway\\r\\nContent-Type: application/x-protobuf\\r\\n' >&3
printf 'Content-Length: %s\\r\\n\\r\\n' "$(($3 + 1))" >&3
head -c "$3" /dev/zero >&3
exec sleep infinity`;

/** A fault of kind `memory-pressure`. */
export function memoryPressureFault(spec: MemoryPressure): Fault {
  let gateway: CollectorState | undefined;
  let refusedBefore = 0;
  return {
    inject: async (context) => {
      const { cluster, signal } = context;
      const ready = (await collectors(context, "gateway")).filter((one) => one.ready);
      const [picked] = pickTargets<CollectorState>(ready, "one", context.random);
      if (picked === undefined) return [];
      gateway = picked;
      refusedBefore = await refused(context, picked.name);
      const words = ["systemd-run", "--quiet", "--collect", "--unit", UNIT] as const;
      const half = ["bash", "-c", HALF_A_REQUEST, UNIT, picked.ip, HTTP_PORT] as const;
      const bytes = String(spec.mib * MIB);
      await kit(runInNode(cluster, picked.node, [...words, ...half, bytes], { signal }));
      return [targetOf(picked)];
    },
    prove: (context) =>
      awaitProof(context, {
        what: "the gateway to be short of memory",
        timeoutMs: PROOF_MS,
        intervalMs: LOOK_MS,
        look: async () => {
          if (gateway === undefined) throw new HarnessError("no gateway was struck");
          const { uid, name } = gateway;
          if (spec.over === "limiter") {
            return judgeRefused(name, refusedBefore, await refused(context, name));
          }
          const now = (await collectors(context, "gateway")).find((one) => one.uid === uid);
          return judgeOutOfMemory(gateway, now);
        },
      }),
    heal: async (context) => {
      if (gateway === undefined) return "";
      const { uid, name, node } = gateway;
      const { cluster, signal } = context;
      await stopPressure(context, node);
      return waitFor({
        what: `gateway ${name} to be ready without pressure`,
        timeoutMs: HEAL_MS,
        signal,
        probe: async () => {
          const list = ["systemctl", "show", "--property", "ActiveState", "--value", UNIT] as const;
          const state = (await kit(runInNode(cluster, node, list, { signal }))).trim();
          if (state === "active") return { done: false, seen: `${UNIT} still runs on ${node}` };
          const now = (await collectors(context, "gateway")).find((one) => one.uid === uid);
          return now === undefined || now.ready
            ? { done: true, value: `pressure on ${name} released, ${now ? "ready" : "gone"}` }
            : { done: false, seen: `${name} is not ready` };
        },
      });
    },
  };
}

/** The unit may have ended with the gateway already; then there is nothing to stop. */
async function stopPressure({ cluster, signal }: FaultContext, node: string): Promise<void> {
  try {
    await kit(runInNode(cluster, node, ["systemctl", "stop", UNIT], { signal }));
  } catch (thrown) {
    if (!(thrown instanceof HarnessError) || !/not loaded/.test(thrown.message)) throw thrown;
  }
}

const refused = ({ client, namespace, signal }: FaultContext, pod: string): Promise<number> =>
  counterOf(client, { namespace, pod, metric: REFUSED, signal });

/** Done when the limiter has refused more than before. */
export function judgeRefused(name: string, before: number, now: number): Look<string> {
  const line = `the memory limiter of ${name} refused ${String(now - before)} items`;
  return now > before ? { done: true, value: line } : { done: false, seen: line };
}

/** Done when the same pod restarted because it ran out of memory: exit code 137 and the reason OOMKilled. */
export function judgeOutOfMemory(
  before: CollectorState,
  now: CollectorState | undefined,
): Look<string> {
  const is = `${before.name} (UID ${before.uid})`;
  if (now === undefined) return { done: false, seen: `${is} is gone` };
  if (now.restarts <= before.restarts) return { done: false, seen: `${is} did not restart` };
  const { exitCode, reason } = now.lastEnd ?? { exitCode: -1, reason: "?" };
  const line = `${is} restarted after exit code ${String(exitCode)} (${reason})`;
  return exitCode === 137 && reason === "OOMKilled"
    ? { done: true, value: line }
    : { done: false, seen: line };
}
