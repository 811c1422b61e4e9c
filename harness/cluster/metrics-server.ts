/**
 * Deploys metrics-server and waits until the metrics API answers for every node: the HPA reads it.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Progress } from "../model/progress.js";
import { applyYaml } from "./apply.js";
import type { ClusterClient } from "./client.js";
import { waitForRollout } from "./rollout.js";
import { waitFor, type Look } from "./wait.js";

const MANIFEST = join(import.meta.dirname, "../../fixtures/cluster/metrics-server.yaml");
const ROLLOUT_MS = 120_000;
const ANSWER_MS = 120_000;

/** Resolves when `nodes` nodes have a metric. */
export async function deployMetricsServer(
  client: ClusterClient,
  options: {
    readonly nodes: number;
    readonly signal?: AbortSignal | undefined;
    readonly progress: Progress;
  },
): Promise<void> {
  const { nodes, signal, progress } = options;
  await applyYaml(client, await readFile(MANIFEST, "utf8"), { ...options, source: MANIFEST });
  await waitForRollout(client, {
    namespace: "kube-system",
    workloads: [{ kind: "Deployment", name: "metrics-server" }],
    timeoutMs: ROLLOUT_MS,
    signal,
    progress,
  });
  await waitFor({
    what: "the metrics API to answer for every node",
    timeoutMs: ANSWER_MS,
    intervalMs: 1_000,
    signal,
    onLook: (seen) => progress.status(seen),
    fix: "kubectl describe apiservice v1beta1.metrics.k8s.io",
    probe: (stop) => metricsOfNodes(client, nodes, stop),
  });
}

/** Done when the metrics API answers for `nodes` nodes. */
export async function metricsOfNodes(
  client: ClusterClient,
  nodes: number,
  signal: AbortSignal,
): Promise<Look<undefined>> {
  const response = await client.open({ path: "/apis/metrics.k8s.io/v1beta1/nodes", signal });
  const body = await text(response);
  if (response.statusCode !== 200) {
    return { done: false, seen: `metrics API: HTTP ${String(response.statusCode)}` };
  }
  const { items } = JSON.parse(body) as { items: unknown[] };
  return items.length >= nodes
    ? { done: true, value: undefined }
    : { done: false, seen: `metrics for ${String(items.length)} of ${String(nodes)} nodes` };
}
