/**
 * Makes the cluster of a run, or takes one that was kept, and proves that it is what a run needs.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  clusterOwner,
  createCluster,
  egressCounters,
  ensureImages,
  ensureKubectl,
  ensureNamed,
  familyOf,
  IMAGES,
  installEgressGuard,
  kubeconfig,
  listClusters,
  listNodes,
  loadImages,
  writeOwner,
  type EgressCounters,
  type EnsuredImage,
  type ImageMode,
  type IpFamily,
} from "kind-node";
import { HarnessError, messageOf, UsageError } from "../model/errors.js";
import { NAMESPACE } from "../model/ids.js";
import type { Progress } from "../model/progress.js";
import { applyManifests, removeNamespace, type ApplyOptions } from "./apply.js";
import { checkEgress, type EgressCheck } from "./check-egress.js";
import { connectCluster, type ClusterClient } from "./client.js";
import { collectEvidence } from "./collect.js";
import { closeCoreDns } from "./coredns.js";
import { kit } from "./kit-errors.js";
import type { Manifest } from "./manifests.js";
import { deployMetricsServer } from "./metrics-server.js";
import { ensureObserverImage } from "./observer-image.js";
import { describeOwner, keptFor, ownedBy, reasonToRemove, removeCluster } from "./ownership.js";

export interface ProvisionOptions {
  readonly name: string;
  /** Take the cluster of that name, which must be ours, instead of making one. */
  readonly reuse: boolean;
  /** The cluster is to outlive this process: `sweep` leaves it alone until it expires. */
  readonly keep: boolean;
  /** How long `sweep` leaves a kept cluster alone. */
  readonly keepForS: number;
  /** Of a cluster that is made; one that is reused has its own. */
  readonly ipFamily: IpFamily;
  readonly runId: string;
  readonly images: ImageMode;
  readonly registryMirror?: string | undefined;
  /** Where the kubeconfig is written. */
  readonly kubeconfigPath: string;
  /** Where kind's logs go when the cluster cannot be created. */
  readonly logsDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress: Progress;
}

export interface ProvisionedCluster {
  readonly name: string;
  readonly client: ClusterClient;
  /** Where the deployment under test and the observers live. */
  readonly namespace: string;
  /** What is known of a cluster that is not ours; undefined for one that is. */
  readonly borrowed: BorrowedFacts | undefined;
  /** What pods and Services have addresses of; undefined where nobody has looked. */
  readonly ipFamily: IpFamily | undefined;
  /** Path of a kubectl binary, for rendering. */
  readonly kubectl: string;
  readonly observerImage: string;
  readonly images: readonly EnsuredImage[];
  /** Sees to it that the nodes which carry the deployment have these images of collectors, and names them. */
  putCollectors(images: readonly string[]): Promise<readonly EnsuredImage[]>;
  /** CoreDNS's configuration as read back. */
  readonly corefile: string;
  readonly egress: readonly EgressCheck[];
  /** Puts objects into the namespace. */
  apply(manifests: readonly Manifest[], options: ApplyOptions): Promise<void>;
  /** Takes out of the namespace what an earlier run left. */
  clear(options: ApplyOptions): Promise<void>;
  /** Packets that the guard refused since the nodes started. */
  egressCounters(): Promise<EgressCounters[]>;
  /** From now on it outlives this process, as one that was made to be kept. */
  keep(): Promise<void>;
  /** Deletes the cluster; refuses one that is not ours. */
  remove(): Promise<void>;
}

/** A cluster that the harness did not make, as it was found. */
export interface BorrowedFacts {
  /** The kubeconfig's name for it. */
  readonly context: string;
  /** As its API server says: `v1.34.0`. */
  readonly serverVersion: string;
  /** The namespace was there and stays; else the harness has made it and removes it. */
  readonly lent: boolean;
  /** Whether CoreDNS's configuration could be read; else `corefile` is an assumption. */
  readonly corefileRead: boolean;
}

/** The three workers carry the deployment; the control plane carries what measures it. */
const WORKERS = 3;
const CREATE_WAIT_MS = 180_000;
const CLEAR_MS = 120_000;
const LIFETIME_S = 4 * 3_600;

/**
 * Images, cluster, egress guard, CoreDNS, metrics-server, observers' image, and the checks of all
 * that. HarnessError or UsageError with a fix. When it fails half way, the cluster that it made is
 * removed again unless it was to be kept; a reused one stays.
 */
export async function provisionCluster(options: ProvisionOptions): Promise<ProvisionedCluster> {
  const { name, progress, signal } = options;
  const work = { signal, onProgress: (line: string) => progress.status(line) };
  await freeTheName(options);
  const kubectl = await kit(ensureKubectl(work));
  const images = await kit(
    ensureImages({ mode: options.images, registryMirror: options.registryMirror, ...work }),
  );
  const observerImage = await ensureObserverImage({ signal, progress });
  await (options.reuse ? adopt(options) : create(options, images));
  progress.event(`cluster ${name}: ${options.reuse ? "reused" : "created"}`);
  try {
    const putCollectors = (names: readonly string[]) => putImages(options, names);
    return { ...(await equip(options, observerImage)), kubectl, images, putCollectors };
  } catch (thrown) {
    if (!options.reuse && !options.keep) await abandon(options);
    throw thrown;
  }
}

/** Makes a bare cluster fit for a run, side by side where nothing depends on the other. */
async function equip(
  options: ProvisionOptions,
  observerImage: string,
): Promise<Omit<ProvisionedCluster, "kubectl" | "images" | "putCollectors">> {
  const { name, kubeconfigPath, signal, progress } = options;
  const networks = await kit(installEgressGuard(name, { signal }));
  const client = connectCluster({ kubeconfigPath });
  const closing = closeCoreDns(client, { signal, progress });
  const measuring = deployMetricsServer(client, { signal, progress, nodes: WORKERS + 1 });
  const checking = loadObservers(options, observerImage).then((nodes) =>
    checkEgress(client, {
      image: observerImage,
      nodes,
      networks,
      signal,
      progress,
    }),
  );
  const [corefile, egress] = await Promise.all([closing, checking, measuring]);
  progress.event("unused addresses refuse, CoreDNS has no upstream, the metrics API answers");
  return {
    name,
    client,
    namespace: NAMESPACE,
    borrowed: undefined,
    ipFamily: familyOf(networks.pods),
    apply: (manifests, work) => applyManifests(client, manifests, work),
    clear: (work) => removeNamespace(client, NAMESPACE, { ...work, timeoutMs: CLEAR_MS }),
    observerImage,
    corefile,
    egress,
    egressCounters: () => kit(egressCounters(name)),
    keep: () => kit(writeOwner(name, keptFor(options.keepForS))),
    remove: () => removeCluster(name, kubeconfigPath),
  };
}

/**
 * Loads the observers' image onto the control plane, where they run, and onto one worker, where the egress check
 * runs too; resolves with the names of both.
 */
async function loadObservers(options: ProvisionOptions, image: string): Promise<string[]> {
  const { name, signal, progress } = options;
  const all = await kit(listNodes(name, { signal }));
  const nodes = (["control-plane", "worker"] as const).flatMap(
    (wanted) => all.find(({ role }) => role === wanted)?.name ?? [],
  );
  const onProgress = (line: string): void => progress.status(line);
  await kit(loadImages(name, [image], { nodes, signal, onProgress }));
  return nodes;
}

/** Every node image has the collector of the guide; another is loaded onto the workers, which alone run collectors. */
async function putImages(
  { name, images, registryMirror, signal, progress }: ProvisionOptions,
  wanted: readonly string[],
): Promise<readonly EnsuredImage[]> {
  const others = wanted.filter((image) => image !== IMAGES.collector);
  if (others.length === 0) return [];
  const work = { signal, onProgress: (line: string) => progress.status(line) };
  const ensured = await kit(ensureNamed(others, { mode: images, registryMirror, ...work }));
  const nodes = (await kit(listNodes(name, { signal })))
    .filter(({ role }) => role === "worker")
    .map((node) => node.name);
  await kit(loadImages(name, others, { nodes, ...work }));
  return ensured;
}

/** Saves what the half-made cluster says about itself, then removes it. The signal does not count. */
async function abandon({
  name,
  kubeconfigPath,
  logsDirectory,
  signal,
  progress,
}: ProvisionOptions): Promise<void> {
  if (logsDirectory !== undefined && signal?.aborted !== true) {
    const namespaces = ["kube-system", "default"];
    const client = connectCluster({ kubeconfigPath });
    await collectEvidence(client, { namespaces, dir: logsDirectory });
    progress.event(`logs of the half-made cluster: ${logsDirectory}`);
  }
  progress.status(`removing cluster ${name}`);
  await removeCluster(name, kubeconfigPath).catch((thrown: unknown) => {
    progress.warn(`cluster ${name} could not be removed: ${messageOf(thrown)}`);
  });
}

/**
 * A name is free for a new cluster, and ours for a reused one. What a run that was ended by force left behind under
 * the name is removed, as `sweep` would.
 */
async function freeTheName({ name, reuse, signal, progress }: ProvisionOptions): Promise<void> {
  const exists = (await kit(listClusters({ signal }))).includes(name);
  const owner = exists ? await kit(clusterOwner(name, { signal })) : undefined;
  if (reuse && !exists) {
    throw new UsageError(
      `--reuse-cluster ${name}: no such cluster; make it first: chaos run --keep-cluster`,
    );
  }
  if (!exists) return;
  if (owner === undefined) {
    throw new UsageError(
      `cluster ${name} was not made by this tool; choose another with --cluster-name, ` +
        `or delete it yourself: kind delete cluster --name ${name}`,
    );
  }
  if (reuse) return;
  const why = reasonToRemove(owner, Date.now() / 1_000);
  if (why === undefined) {
    throw new UsageError(
      `cluster ${name} exists already, ${describeOwner(owner)}; choose another with --cluster-name, ` +
        `use it with --reuse-cluster ${name}, or delete it: chaos sweep --all`,
    );
  }
  progress.event(`cluster ${name} is removed first: ${why}`);
  await removeCluster(name);
}

async function create(options: ProvisionOptions, images: readonly EnsuredImage[]): Promise<void> {
  const { name, signal, progress, kubeconfigPath, logsDirectory } = options;
  const [node] = images;
  if (node === undefined) throw new HarnessError("no node image was ensured");
  progress.status(`creating cluster ${name}`);
  await kit(
    createCluster({
      name,
      image: node.name,
      workers: WORKERS,
      ipFamily: options.ipFamily,
      owner: options.keep ? keptFor(options.keepForS) : ownedBy(options.runId, LIFETIME_S),
      kubeconfigPath,
      waitMs: CREATE_WAIT_MS,
      logsDirectory,
      signal,
      onProgress: (line) => progress.status(line),
    }),
  );
}

async function adopt(options: ProvisionOptions): Promise<void> {
  const { name, signal, kubeconfigPath } = options;
  const stopped = (await kit(listNodes(name, { signal }))).filter(({ running }) => !running);
  if (stopped.length > 0) {
    const names = stopped.map((node) => node.name).join(" ");
    throw new HarnessError(`cluster ${name}: not every node is running`, {
      lastSeen: `stopped: ${names}`,
      fix: `docker start ${names}`,
    });
  }
  await kit(writeOwner(name, keptFor(options.keepForS)));
  await mkdir(dirname(kubeconfigPath), { recursive: true });
  const text = await kit(kubeconfig(name, { signal }));
  await writeFile(kubeconfigPath, text, { mode: 0o600 });
}
