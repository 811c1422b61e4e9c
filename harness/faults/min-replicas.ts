/** Sets the gateways' autoscaler another minimum by hand, and proves it by the gateways that come. */
import { PatchStrategy } from "@kubernetes/client-node";
import { apiMessage } from "../cluster/api-errors.js";
import type { Look } from "../cluster/wait.js";
import { HarnessError } from "../model/errors.js";
import type { FaultTarget } from "../model/history.js";
import { raisedMinimum, type MinReplicas } from "../model/pod-faults.js";
import { awaitProof } from "./await-proof.js";
import { collectors, named, type CollectorState } from "./collectors.js";
import type { Fault, FaultContext } from "./fault.js";

/** The autoscaler looks every 15 s; then a pod must be scheduled, start and be probed on a busy host. */
const PROOF_MS = 150_000;
const AUTOSCALER = "otel-gateway-hpa";
const FIELD_MANAGER = "agent-gateway-chaos-fault";

/** A fault of kind `min-replicas`. */
export function minReplicasFault(spec: MinReplicas): Fault {
  let before: readonly CollectorState[] = [];
  let most: readonly CollectorState[] = [];
  let raisedTo = 0;
  /** The old minimum, once this fault is about to change it. */
  let saved: number | undefined;
  return {
    inject: async (context) => {
      before = (await collectors(context, "gateway")).filter((pod) => !pod.terminating);
      const { minReplicas, maxReplicas, target } = await readBounds(context);
      raisedTo = raisedMinimum(spec, before.length);
      if (raisedTo > maxReplicas) {
        throw new HarnessError(
          `there are ${String(before.length)} gateways, and ${AUTOSCALER} allows ${String(maxReplicas)}: ` +
            `no minimum of ${String(raisedTo)} can be set`,
        );
      }
      saved = minReplicas;
      await writeMinimum(context, raisedTo);
      return [target];
    },
    prove: async (context) => {
      if (saved === undefined) return { proven: false, proof: "the minimum was not changed" };
      const raised = await awaitProof(context, {
        what: `${String(raisedTo)} gateways to be ready`,
        timeoutMs: PROOF_MS,
        look: async () => {
          most = await collectors(context, "gateway");
          return judgeScaled(before, raisedTo, most);
        },
      });
      if (!raised.proven || spec.shows === undefined) return raised;
      const { proven, proof } = await awaitProof(context, {
        what: `${String(before.length)} gateways again`,
        timeoutMs: PROOF_MS,
        look: async () => judgeScaledIn(before.length, most, await collectors(context, "gateway")),
      });
      return { proven, proof: `${raised.proof}; ${proof}` };
    },
    heal: async (context) => {
      if (saved === undefined) return "";
      await writeMinimum(context, saved);
      const { minReplicas } = await readBounds(context);
      if (minReplicas !== saved) {
        throw new HarnessError(`${AUTOSCALER} has minReplicas ${String(minReplicas)}`);
      }
      return `minReplicas is ${String(saved)} again; the autoscaler takes gateways away by its own rules`;
    },
  };
}

/** Done when as many gateways as the new minimum are ready, those that came among them. */
export function judgeScaled(
  before: readonly FaultTarget[],
  value: number,
  now: readonly CollectorState[],
): Look<string> {
  const ready = now.filter((pod) => pod.ready && !pod.terminating);
  const fresh = ready.filter(({ uid }) => before.every((pod) => pod.uid !== uid));
  const told = `${String(ready.length)} gateways ready where ${String(before.length)} were`;
  if (ready.length < value || fresh.length < value - before.length) {
    return { done: false, seen: told };
  }
  return { done: true, value: `${told}: ${named(fresh)} came` };
}

/** Done when no more than so many stay; `most`: those of before it began. */
export function judgeScaledIn(
  value: number,
  most: readonly CollectorState[],
  now: readonly CollectorState[],
): Look<string> {
  const stay = now.filter((pod) => !pod.terminating);
  if (stay.length > value) return { done: false, seen: `then still ${String(stay.length)}` };
  const went = most.filter(({ uid }) => stay.every((pod) => pod.uid !== uid));
  return { done: true, value: `then ${String(stay.length)}: ${named(went)} went` };
}

async function readBounds({
  client,
  namespace,
}: FaultContext): Promise<{ minReplicas: number; maxReplicas: number; target: FaultTarget }> {
  const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${AUTOSCALER}`;
  const { metadata, spec } = JSON.parse(await client.call({ path })) as {
    readonly metadata: { readonly uid: string };
    readonly spec: { readonly minReplicas?: number; readonly maxReplicas: number };
  };
  return {
    // The API's own default.
    minReplicas: spec.minReplicas ?? 1,
    maxReplicas: spec.maxReplicas,
    target: { kind: "workload", name: AUTOSCALER, uid: metadata.uid, ip: "" },
  };
}

async function writeMinimum(
  { client, namespace }: FaultContext,
  minReplicas: number,
): Promise<void> {
  try {
    await client.objects.patch(
      {
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: AUTOSCALER, namespace },
        ...{ spec: { minReplicas } },
      },
      undefined,
      undefined,
      FIELD_MANAGER,
      undefined,
      PatchStrategy.MergePatch,
    );
  } catch (cause) {
    throw new HarnessError(`patch ${AUTOSCALER}: ${apiMessage(cause)}`, { cause });
  }
}
