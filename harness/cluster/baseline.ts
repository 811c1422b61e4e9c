/**
 * What every run finds: nodes ready and open to pods, CoreDNS as it was closed, the metrics API answering. The
 * deployment under test and the observers are made fresh for each run, and are checked when they are up.
 */
import type { V1Node } from "@kubernetes/client-node";
import { minutes } from "../model/durations.js";
import type { Progress } from "../model/progress.js";
import { readCorefile } from "./coredns.js";
import { metricsOfNodes } from "./metrics-server.js";
import type { ProvisionedCluster } from "./provision.js";
import { waitFor, type Look } from "./wait.js";

/** A node that was started again is ready within half a minute; the metrics API needs a scrape more. */
const TIMEOUT_MS = minutes(2);
const CONTROL_PLANE_TAINT = "node-role.kubernetes.io/control-plane";

/** HarnessError with what is not as it must be, when the cluster does not come to its baseline in time. */
export async function demandBaseline(
  cluster: Pick<ProvisionedCluster, "name" | "client" | "corefile">,
  options: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<void> {
  await waitFor({
    what: `cluster ${cluster.name} to be at its baseline`,
    timeoutMs: TIMEOUT_MS,
    signal: options.signal,
    onLook: (seen) => options.progress.status(seen),
    probe: (stop) => lookAt(cluster, stop),
  });
}

async function lookAt(
  { client, corefile }: Pick<ProvisionedCluster, "client" | "corefile">,
  signal: AbortSignal,
): Promise<Look<undefined>> {
  const { items } = await client.core.listNode();
  const [node] = items.flatMap((item) => nodeTrouble(item) ?? []);
  if (node !== undefined) return { done: false, seen: node };
  const namespace = "kube-system";
  const { spec, status } = await client.apps.readNamespacedDeployment({
    name: "coredns",
    namespace,
  });
  const ready = status?.readyReplicas ?? 0;
  const wanted = spec?.replicas ?? 0;
  if (wanted === 0 || ready < wanted) {
    return { done: false, seen: `CoreDNS has ${String(ready)} of ${String(wanted)} pods ready` };
  }
  if ((await readCorefile(client)) !== corefile) {
    return { done: false, seen: "CoreDNS has another Corefile than the one that was checked" };
  }
  return metricsOfNodes(client, items.length, signal);
}

/** Why no pod could run on a node; undefined when one can. */
export function nodeTrouble({ metadata, spec, status }: V1Node): string | undefined {
  const name = metadata?.name ?? "";
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status !== "True") return `node ${name} is not ready: ${ready?.reason ?? "unknown"}`;
  if (spec?.unschedulable === true) return `node ${name} is cordoned`;
  const taint = spec?.taints?.find(({ key }) => key !== CONTROL_PLANE_TAINT);
  return taint === undefined ? undefined : `node ${name} has the taint ${taint.key}`;
}
