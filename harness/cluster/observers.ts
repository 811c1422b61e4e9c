/** Deploys the observers and binds a client to each of their pods. */
import { HarnessError } from "../model/errors.js";
import { NAMESPACE } from "../model/ids.js";
import type { Progress } from "../model/progress.js";
import { AUDIT, BACKENDS, type BackendName } from "../model/signal.js";
import { applyManifests } from "./apply.js";
import type { ClusterClient } from "./client.js";
import {
  backendClient,
  generatorClient,
  type BackendClient,
  type GeneratorClient,
} from "./observer-client.js";
import {
  GENERATOR,
  observerManifests,
  observersOf,
  type ObserverOptions,
} from "./observer-manifests.js";
import { isReady } from "./pod-trouble.js";
import { waitForRollout } from "./rollout.js";

export interface Observers {
  readonly generator: GeneratorClient;
  readonly backends: Readonly<Record<BackendName, BackendClient>>;
  /** Of an audited run only. */
  readonly audit: BackendClient | undefined;
}

/** Applies the observers, waits until they are ready and binds clients to their pods by name. */
export async function deployObservers(
  client: ClusterClient,
  options: ObserverOptions & {
    readonly timeoutMs: number;
    readonly signal?: AbortSignal | undefined;
    readonly progress?: Progress;
  },
): Promise<Observers> {
  await applyManifests(client, observerManifests(options), options);
  await waitForRollout(client, {
    ...options,
    namespace: NAMESPACE,
    workloads: observersOf(options).map((name) => ({ kind: "Deployment", name })),
  });
  const pods = await Promise.all(BACKENDS.map((name) => podOf(client, name)));
  const [tempo, mimir, loki] = pods.map((pod) => backendClient(client, pod));
  if (!tempo || !mimir || !loki) throw new HarnessError("an observer has no pod");
  return {
    generator: generatorClient(client, await podOf(client, GENERATOR)),
    backends: { tempo, mimir, loki },
    audit: options.audit ? backendClient(client, await podOf(client, AUDIT)) : undefined,
  };
}

async function podOf(
  client: ClusterClient,
  app: string,
): Promise<{ namespace: string; pod: string }> {
  const { items } = await client.core.listNamespacedPod({
    namespace: NAMESPACE,
    labelSelector: `app=${app}`,
  });
  const ready = items.filter(isReady);
  const name = ready[0]?.metadata?.name;
  if (ready.length !== 1 || name === undefined) {
    throw new HarnessError(`observer ${app} must be exactly one ready pod`, {
      lastSeen: items.map(({ metadata }) => metadata?.name).join(", ") || "no pod",
    });
  }
  return { namespace: NAMESPACE, pod: name };
}
