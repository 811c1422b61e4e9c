/** CoreDNS for a closed cluster: on the control plane, and without an upstream to ask; and how faults change it. */
import { PatchStrategy } from "@kubernetes/client-node";
import { HarnessError } from "../model/errors.js";
import type { Progress } from "../model/progress.js";
import type { ClusterClient } from "./client.js";
import { ON_CONTROL_PLANE } from "./observer-manifests.js";
import { isReady } from "./pod-trouble.js";
import { waitForRollout } from "./rollout.js";
import { waitFor } from "./wait.js";

const NAMESPACE = "kube-system";
const ROLLOUT_MS = 90_000;
const DEPLOYMENT = { kind: "Deployment", name: "coredns" } as const;

/** Takes the `forward` block, if any, out of a Corefile; everything else stays byte by byte. */
export const withoutForward = (corefile: string): string =>
  corefile.replace(/^[ \t]*forward\b[^\n{]*(?:\{[^}]*\})?[ \t]*\n?/gm, "");

const FROZEN = "# agent-gateway-chaos: frozen answers";

/**
 * The Corefile with fixed addresses for one name in its first server block. The plugin `hosts` answers before
 * `kubernetes` does, whatever the order of the lines (coredns.io/plugins/hosts); the cache holds an answer for its TTL.
 */
export function withFrozenName(
  corefile: string,
  host: string,
  addresses: readonly string[],
): string {
  const lines = [
    FROZEN,
    "hosts {",
    ...addresses.map((address) => `    ${address} ${host}`),
    "    ttl 5",
    "    fallthrough",
    "}",
    FROZEN,
  ];
  return corefile.replace(
    /^.*\{[ \t]*\n/,
    (head) => head + lines.map((l) => `    ${l}\n`).join(""),
  );
}

/** Takes out what withFrozenName put in; everything else stays byte by byte. */
export function withoutFrozenName(corefile: string): string {
  const [before, , after] = corefile.split(new RegExp(`^[ \\t]*${FROZEN}\\n`, "m"));
  return before === undefined || after === undefined ? corefile : before + after;
}

/** Pins CoreDNS and closes its Corefile; returns the Corefile as read back from the cluster. */
export async function closeCoreDns(
  client: ClusterClient,
  options: { readonly signal?: AbortSignal | undefined; readonly progress: Progress },
): Promise<string> {
  const before = await readCorefile(client);
  const closed = withoutForward(withoutFrozenName(before));
  options.progress.status("close CoreDNS");
  if (closed !== before) await patch(client, "v1", "ConfigMap", { data: { Corefile: closed } });
  await patch(client, "apps/v1", "Deployment", { spec: { template: templateOf("closed") } });
  await waitForCoreDns(client, options);
  const after = await readCorefile(client);
  if (withoutForward(after) === after) return after;
  throw new HarnessError("CoreDNS still has an upstream", { lastSeen: after });
}

/** A changed annotation makes new pods, which read the new Corefile at once. */
const templateOf = (corefile: string): object => ({
  metadata: { annotations: { "agent-gateway-chaos.dev/corefile": corefile } },
  spec: ON_CONTROL_PLANE,
});

type Waiting = { readonly signal?: AbortSignal | undefined; readonly progress?: Progress };

const waitForCoreDns = (client: ClusterClient, options: Waiting): Promise<void> =>
  waitForRollout(client, {
    ...options,
    namespace: NAMESPACE,
    workloads: [DEPLOYMENT],
    timeoutMs: ROLLOUT_MS,
  });

async function patch(
  client: ClusterClient,
  apiVersion: string,
  kind: string,
  content: object,
): Promise<void> {
  const metadata = { name: "coredns", namespace: NAMESPACE };
  await client.objects.patch(
    { apiVersion, kind, metadata, ...content },
    undefined,
    undefined,
    undefined,
    undefined,
    PatchStrategy.MergePatch,
  );
}

/** Puts a Corefile into force with new pods; `name` tells it from the closed one, which is called `closed`. */
export async function applyCorefile(
  client: ClusterClient,
  { corefile, name }: { readonly corefile: string; readonly name: string },
  options: Waiting,
): Promise<void> {
  await patch(client, "v1", "ConfigMap", { data: { Corefile: corefile } });
  await patch(client, "apps/v1", "Deployment", { spec: { template: templateOf(name) } });
  await waitForCoreDns(client, options);
}

/** How many pods CoreDNS is to have. */
export async function coreDnsReplicas(client: ClusterClient): Promise<number> {
  const { name } = DEPLOYMENT;
  const { spec } = await client.apps.readNamespacedDeployment({ name, namespace: NAMESPACE });
  return spec?.replicas ?? 1;
}

/** Gives CoreDNS so many pods and resolves when those are ready and no other is left. */
export async function scaleCoreDns(
  client: ClusterClient,
  replicas: number,
  options: Waiting,
): Promise<void> {
  await patch(client, "apps/v1", "Deployment", { spec: { replicas } });
  await waitFor({
    what: `CoreDNS to have ${String(replicas)} pods`,
    timeoutMs: ROLLOUT_MS,
    signal: options.signal,
    probe: async () => {
      const pods = { namespace: NAMESPACE, labelSelector: "k8s-app=kube-dns" };
      const { items } = await client.core.listNamespacedPod(pods);
      const ready = items.filter(isReady).length;
      const done = items.length === replicas && ready === replicas;
      const seen = `${String(items.length)} pods, ${String(ready)} ready`;
      return done ? { done, value: undefined } : { done: false, seen };
    },
  });
}

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
