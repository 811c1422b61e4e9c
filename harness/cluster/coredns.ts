/** CoreDNS for a closed cluster: on the control plane, and without an upstream to ask. */
import { PatchStrategy } from "@kubernetes/client-node";
import { HarnessError } from "../model/errors.js";
import type { Progress } from "../model/progress.js";
import type { ClusterClient } from "./client.js";
import { nameOf, type Manifest } from "./manifests.js";
import { ON_CONTROL_PLANE } from "./observer-manifests.js";
import { waitForRollout } from "./rollout.js";

const NAMESPACE = "kube-system";
const ROLLOUT_MS = 90_000;
const DEPLOYMENT = { kind: "Deployment", name: "coredns" } as const;

/** Takes the `forward` block, if any, out of a Corefile; everything else stays byte by byte. */
export const withoutForward = (corefile: string): string =>
  corefile.replace(/^[ \t]*forward\b[^\n{]*(?:\{[^}]*\})?[ \t]*\n?/gm, "");

/** Pins CoreDNS and closes its Corefile; returns the Corefile as read back from the cluster. */
export async function closeCoreDns(
  client: ClusterClient,
  options: { readonly signal?: AbortSignal | undefined; readonly progress: Progress },
): Promise<string> {
  const before = await readCorefile(client);
  const closed = withoutForward(before);
  const template = {
    // A changed annotation makes new pods, which read the new Corefile at once.
    metadata: { annotations: { "agent-gateway-chaos.dev/corefile": "closed" } },
    spec: ON_CONTROL_PLANE,
  };
  const patches: Manifest[] = [
    named("apps/v1", "Deployment", { spec: { template } }),
    ...(closed === before ? [] : [named("v1", "ConfigMap", { data: { Corefile: closed } })]),
  ];
  for (const patch of patches.reverse()) {
    options.progress.status(`close ${nameOf(patch)}`);
    await client.objects.patch(
      patch,
      undefined,
      undefined,
      undefined,
      undefined,
      PatchStrategy.MergePatch,
    );
  }
  await waitForRollout(client, {
    ...options,
    namespace: NAMESPACE,
    workloads: [DEPLOYMENT],
    timeoutMs: ROLLOUT_MS,
  });
  const after = await readCorefile(client);
  if (withoutForward(after) === after) return after;
  throw new HarnessError("CoreDNS still has an upstream", { lastSeen: after });
}

const named = (apiVersion: string, kind: string, content: object): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: "coredns", namespace: NAMESPACE },
  ...content,
});

/** CoreDNS's configuration as the cluster has it. */
export async function readCorefile(client: ClusterClient): Promise<string> {
  const { data } = await client.core.readNamespacedConfigMap({
    name: "coredns",
    namespace: NAMESPACE,
  });
  const corefile = data?.["Corefile"];
  if (corefile === undefined) throw new HarnessError("ConfigMap coredns has no Corefile");
  return corefile;
}
