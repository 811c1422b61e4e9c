/**
 * A cluster that the harness did not make, for the time of one command: one namespace of it, nothing cluster-wide, and
 * nothing that is not ours.
 */
import { ensureKubectl, type ClusterOwner } from "kind-node";
import { minutes } from "../model/durations.js";
import { HarnessError, messageOf } from "../model/errors.js";
import type { Progress } from "../model/progress.js";
import type { ApplyOptions } from "./apply.js";
import { demandAccess, mayReadDns, serverVersion } from "./check-access.js";
import { connectCluster, type ClusterClient } from "./client.js";
import { readCorefile } from "./coredns.js";
import { kit } from "./kit-errors.js";
import {
  claim,
  CLAIM,
  findNamespace,
  labelsOfOwner,
  makeNamespace,
  release,
  removeNamespaceOfRun,
  whoseClaim,
  type Found,
  type NamespaceOptions,
} from "./lend-namespace.js";
import { ensureObserverImage } from "./observer-image.js";
import { createOwn, removeOwn } from "./own-objects.js";
import { ownedBy } from "./ownership.js";
import type { BorrowedFacts, ProvisionedCluster } from "./provision.js";

export interface BorrowOptions {
  /** Which cluster, by the kubeconfig's name for it. */
  readonly context: string;
  /** Where the kubeconfig is; undefined for where kubectl looks. */
  readonly kubeconfigPath: string | undefined;
  readonly namespace: string;
  /** What the observers run; undefined for the image that is built here, for a cluster that has been given it. */
  readonly observerImage: string | undefined;
  readonly runId: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface BorrowedCluster extends ProvisionedCluster {
  readonly borrowed: BorrowedFacts;
  /** For the next run, without what the last one left: HarnessError when the namespace is no more what was lent. */
  baseline(): Promise<BorrowedCluster>;
}

/** Longer than any suite; what a harness that died on another host has claimed is free after it. */
const LIFETIME_S = 24 * 3_600;
const CLEAR_MS = minutes(2);

/**
 * What the name servers of kubeadm, kind and most distributions are set to, for a cluster that does not let its
 * Corefile be read: the caches of both plugins at their longest.
 */
export const ASSUMED_COREFILE = `# not read: assumed
.:53 {
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        ttl 30
    }
    cache 30
}
`;

/**
 * Checks everything first: the API server, the account's permissions, the namespace; then takes the namespace.
 * UsageError for what its owner must mend. Nothing is left behind when it fails.
 */
export async function borrowCluster(options: BorrowOptions): Promise<BorrowedCluster> {
  const { context, progress, signal } = options;
  const client = connectCluster({ kubeconfigPath: options.kubeconfigPath, context });
  const checked = await checkBorrowed(client, options);
  const kubectl = await kit(ensureKubectl({ signal, onProgress: (line) => progress.status(line) }));
  const observerImage = options.observerImage ?? (await ensureObserverImage({ signal, progress }));
  return takeNamespace(client, { ...options, ...checked, kubectl, observerImage });
}

interface Checked {
  readonly serverVersion: string;
  readonly found: Found;
}

/** Looks and makes nothing. Errors as of borrowCluster. */
export async function checkBorrowed(
  client: ClusterClient,
  options: Omit<NamespaceOptions, "signal"> & Pick<BorrowOptions, "progress" | "signal">,
): Promise<Checked> {
  const { context, namespace, progress, signal } = options;
  const asking = { context, namespace, signal };
  progress.status(`looking at context ${context}`);
  const version = await reached(client, asking);
  await demandAccess(client, asking);
  const found = await findNamespace(client, asking);
  if (found.kind === "absent") await demandAccess(client, asking, "make the namespace");
  return { serverVersion: version, found };
}

/** The cluster of a run, in a namespace that this process has from now on until `remove`. */
export async function takeNamespace(
  client: ClusterClient,
  options: Omit<BorrowOptions, "kubeconfigPath"> &
    Checked & { readonly kubectl: string; readonly observerImage: string },
): Promise<BorrowedCluster> {
  const { context, namespace, found, kubectl, observerImage, progress, signal } = options;
  const asking = { context, namespace, signal };
  const owner = ownedBy(options.runId, LIFETIME_S);
  const madeIn = runThatMade(found, owner);
  const lent = madeIn === undefined;
  const facts = { context, serverVersion: options.serverVersion, lent };
  const dns = await dnsOf(client, facts, signal);
  const labels = labelsOfOwner(owner);
  const clear = (work: ApplyOptions): Promise<void> =>
    removeOwn({ client, namespace }, { ...work, timeoutMs: CLEAR_MS, spare: CLAIM });
  await makeAndClaim(client, asking, { owner, absent: found.kind === "absent" });
  progress.event(
    `context ${context}: ${facts.serverVersion}, namespace ${namespace} ${lent ? "is lent" : "is ours"}`,
  );
  const cluster = {
    name: context,
    client,
    namespace,
    kubectl,
    observerImage,
    ipFamily: undefined,
    images: [],
    // Its nodes pull what the deployment names.
    putCollectors: () => Promise.resolve([]),
    egress: [],
    egressCounters: () => Promise.resolve([]),
    apply: (manifests, work) => createOwn({ client, namespace, labels }, manifests, work),
    clear,
    keep: () => Promise.reject(new HarnessError("a borrowed cluster is given back, not kept")),
    remove: async () => {
      if ((await whoseClaim(client, namespace, owner)) === "somebody's") throw notOurs(asking);
      await clear({ progress });
      await release(client, namespace, owner);
      if (madeIn !== undefined) await removeNamespaceOfRun(client, namespace, madeIn);
    },
  } satisfies Partial<ProvisionedCluster>;
  const knowing = (known: Dns): BorrowedCluster => ({
    ...cluster,
    ...known,
    baseline: async () => {
      const again = await findNamespace(client, asking);
      if (again.kind === "absent") throw notOurs(asking);
      if ((await whoseClaim(client, namespace, owner, signal)) !== "ours") throw notOurs(asking);
      await clear({ progress, signal });
      return knowing(await dnsOf(client, facts, signal));
    },
  });
  return knowing(dns);
}

const notOurs = ({ context, namespace }: NamespaceOptions): HarnessError =>
  new HarnessError(`namespace ${namespace} of context ${context} is no more ours to use`, {
    fix: "see who has removed or taken it, and run again",
  });

/** ID of the run that has made, or is to make, the namespace; undefined for one that is lent. */
function runThatMade(found: Found, owner: ClusterOwner): string | undefined {
  switch (found.kind) {
    case "lent":
      return undefined;
    case "absent":
      return owner.run;
    case "left-behind":
      return found.run;
  }
}

/** Makes the namespace where it is absent, and claims it; undoes what it began when it fails. */
async function makeAndClaim(
  client: ClusterClient,
  asking: NamespaceOptions,
  { owner, absent }: { readonly owner: ClusterOwner; readonly absent: boolean },
): Promise<void> {
  const { namespace } = asking;
  try {
    if (absent) await makeNamespace(client, asking, owner);
    await claim(client, asking, owner);
  } catch (thrown) {
    // An interrupted request may have been heard all the same.
    await release(client, namespace, owner).catch(() => undefined);
    if (absent) await removeNamespaceOfRun(client, namespace, owner.run);
    throw thrown;
  }
}

/** The API server's version. HarnessError with what to try when it does not answer or knows the account not. */
async function reached(
  client: ClusterClient,
  asking: NamespaceOptions & { readonly signal: AbortSignal },
): Promise<string> {
  try {
    return await serverVersion(client, asking.signal);
  } catch (cause) {
    asking.signal.throwIfAborted();
    throw new HarnessError(`--context ${asking.context}: its API server does not answer`, {
      lastSeen: messageOf(cause),
      fix: `kubectl --context ${asking.context} version`,
      cause,
    });
  }
}

type Dns = Pick<BorrowedCluster, "corefile" | "borrowed">;

/** What is known of the cluster's DNS: read where the account may, else assumed. */
async function dnsOf(
  client: ClusterClient,
  facts: Omit<BorrowedFacts, "corefileRead">,
  signal: AbortSignal,
): Promise<Dns> {
  if (await mayReadDns(client, signal)) {
    try {
      const corefile = await readCorefile(client);
      return { corefile, borrowed: { ...facts, corefileRead: true } };
    } catch {
      // A cluster may have another name server, and no such ConfigMap.
      signal.throwIfAborted();
    }
  }
  return { corefile: ASSUMED_COREFILE, borrowed: { ...facts, corefileRead: false } };
}
