/** Deploys the observers and binds a client to each of their pods. */
import { HarnessError } from "../model/errors.js";
import type { Progress } from "../model/progress.js";
import { AUDIT, BACKENDS, type BackendName } from "../model/signal.js";
import type { ClusterClient } from "./client.js";
import {
  backendClient,
  generatorClient,
  type BackendClient,
  type GeneratorClient,
  type ObserverPod,
} from "./observer-client.js";
import {
  GENERATOR,
  observerManifests,
  observersOf,
  type ObserverOptions,
} from "./observer-manifests.js";
import { isReady } from "./pod-trouble.js";
import type { ProvisionedCluster } from "./provision.js";
import { waitForRollout } from "./rollout.js";

export interface Observers {
  readonly generator: GeneratorClient;
  readonly backends: Readonly<Record<BackendName, BackendClient>>;
  /** Of an audited run only. */
  readonly audit: BackendClient | undefined;
}

/** Applies the observers, waits until they are ready and binds clients to their pods by name. */
export async function deployObservers(
  cluster: ProvisionedCluster,
  options: Omit<ObserverOptions, "image" | "namespace" | "where"> & {
    readonly timeoutMs: number;
    readonly signal?: AbortSignal | undefined;
    readonly progress?: Progress;
  },
): Promise<Observers> {
  const { client, namespace, observerImage: image, borrowed } = cluster;
  const where = borrowed === undefined ? "control-plane" : "anywhere";
  await cluster.apply(observerManifests({ ...options, image, namespace, where }), options);
  await waitForRollout(client, {
    ...options,
    namespace,
    workloads: observersOf(options).map((name) => ({ kind: "Deployment", name })),
  });
  const podOf = (app: string): Promise<ObserverPod> => onlyPod(client, namespace, app);
  const pods = await Promise.all(BACKENDS.map(podOf));
  const [tempo, mimir, loki] = pods.map((pod) => backendClient(client, pod));
  if (!tempo || !mimir || !loki) throw new HarnessError("an observer has no pod");
  return {
    generator: generatorClient(client, await podOf(GENERATOR)),
    backends: { tempo, mimir, loki },
    audit: options.audit ? backendClient(client, await podOf(AUDIT)) : undefined,
  };
}

async function onlyPod(
  client: ClusterClient,
  namespace: string,
  app: string,
): Promise<ObserverPod> {
  const { items } = await client.core.listNamespacedPod({
    namespace,
    labelSelector: `app=${app}`,
  });
  const ready = items.filter(isReady);
  const name = ready[0]?.metadata?.name;
  if (ready.length !== 1 || name === undefined) {
    throw new HarnessError(`observer ${app} must be exactly one ready pod`, {
      lastSeen: items.map(({ metadata }) => metadata?.name).join(", ") || "no pod",
    });
  }
  return { namespace, pod: name };
}
