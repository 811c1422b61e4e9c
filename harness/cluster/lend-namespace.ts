/**
 * Takes a namespace of a borrowed cluster for the time of one command: one that is lent, by label, or a new one. A
 * ConfigMap marks it as in use, so that two commands never remove each other's objects.
 */
import { hostname } from "node:os";
import type { ClusterOwner } from "kind-node";
import { HarnessError, UsageError } from "../model/errors.js";
import { LABELS } from "../model/ids.js";
import { ask, demand, type Asker } from "./ask.js";
import { labelsOf } from "./observer-manifests.js";
import { pathOf } from "./own-objects.js";
import { reasonToRemove } from "./ownership.js";
import { MADE_KINDS } from "./permissions.js";
import { waitFor } from "./wait.js";

/** Value of our label on a namespace that its owner has made for us; one that we made has a run's ID there. */
const LENT = "lent";
/** Name of the ConfigMap that marks a namespace as in use. */
export const CLAIM = "agent-gateway-chaos-claim";
const GONE_MS = 60_000;

/** Which namespace of which cluster. */
export interface NamespaceOptions {
  /** The kubeconfig's name for the cluster. */
  readonly context: string;
  readonly namespace: string;
  readonly signal?: AbortSignal | undefined;
}

const pathOfNamespace = (namespace: string): string => `/api/v1/namespaces/${namespace}`;

export type Found =
  | { readonly kind: "absent" }
  /** Its owner has made it for us. */
  | { readonly kind: "lent" }
  /** We have made it, in a run of this ID, and it was not removed. */
  | { readonly kind: "left-behind"; readonly run: string };

interface Metadata {
  readonly uid: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Looks at the namespace. UsageError for one that exists and is somebody's, or is on its way out. */
export async function findNamespace(client: Asker, options: NamespaceOptions): Promise<Found> {
  const { context, namespace, signal } = options;
  const path = pathOfNamespace(namespace);
  const { status, body, message } = await ask(client, { path, signal });
  if (status === 404) return { kind: "absent" };
  const where = `--context ${context} --namespace ${namespace}`;
  if (status !== 200) {
    throw new HarnessError(`GET ${path} answered ${String(status)}`, { lastSeen: message });
  }
  const { metadata, status: state } = body as { metadata: Metadata; status?: { phase?: string } };
  const label = metadata.labels?.[LABELS.run];
  if (label === undefined) {
    throw new UsageError(
      `${where}: exists and is not lent; give another, or lend it, if nothing else lives there: ` +
        `kubectl --context ${context} label namespace ${namespace} ${LABELS.run}=${LENT}`,
    );
  }
  if (state?.phase === "Terminating") {
    throw new UsageError(`${where}: is being deleted; wait until it is gone`);
  }
  return label === LENT ? { kind: "lent" } : { kind: "left-behind", run: label };
}

/** Makes the namespace, which must be absent, with our labels. */
export async function makeNamespace(
  client: Asker,
  { namespace, signal }: NamespaceOptions,
  owner: ClusterOwner,
): Promise<void> {
  await demand(client, {
    method: "POST",
    path: "/api/v1/namespaces",
    body: {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: labelsOfOwner(owner) },
    },
    signal,
  });
}

/** Removes a namespace that was made in the run of this ID; leaves one that was not. */
export async function removeNamespaceOfRun(
  client: Asker,
  namespace: string,
  run: string,
): Promise<void> {
  const path = pathOfNamespace(namespace);
  const { status, body } = await demand(client, { path }, [404]);
  if (status === 404) return;
  const { labels, uid } = (body as { metadata: Metadata }).metadata;
  if (labels?.[LABELS.run] !== run) return;
  const preconditions = { preconditions: { uid } };
  await demand(client, { method: "DELETE", path, body: preconditions }, [404, 409]);
  await waitFor({
    what: `namespace ${namespace} to be gone`,
    timeoutMs: GONE_MS,
    probe: async (signal) => {
      const { status, message } = await ask(client, { path, signal });
      return status === 404
        ? { done: true, value: undefined }
        : { done: false, seen: `still there: ${message}` };
    },
  });
}

/** Labels of what a process makes. */
export const labelsOfOwner = ({ run, pid, expiresAtS }: ClusterOwner): Record<string, string> =>
  labelsOf({ runId: run, ownerPid: pid, expiresAtS });

interface Claim {
  readonly metadata: { readonly uid: string };
  readonly data?: { readonly owner?: string; readonly host?: string };
}

/**
 * Marks the namespace as in use by this process. UsageError when somebody else uses it; what a dead process of this
 * host or an expired one left is taken over.
 */
export async function claim(
  client: Asker,
  options: NamespaceOptions,
  owner: ClusterOwner,
): Promise<void> {
  const { context, namespace, signal } = options;
  const path = pathOfClaims(namespace);
  const body = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: CLAIM, namespace, labels: labelsOfOwner(owner) },
    data: { host: hostname(), owner: JSON.stringify(owner) },
  };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { status } = await demand(client, { method: "POST", path, body, signal }, [409]);
    if (status !== 409) return;
    const found = await demand(client, { path: `${path}/${CLAIM}`, signal }, [404]);
    if (found.status === 404) continue;
    const { metadata, data } = found.body as Claim;
    const why = reasonToTake(data);
    if (why === undefined) {
      throw new UsageError(
        `--context ${context} --namespace ${namespace}: in use by a run on host ${data?.host ?? "?"}; wait for its ` +
          `end, or, if it is gone: kubectl --context ${context} -n ${namespace} delete configmap ${CLAIM}`,
      );
    }
    const { uid } = metadata;
    const preconditions = { preconditions: { uid } };
    const mine = {
      method: "DELETE",
      path: `${path}/${CLAIM}`,
      body: preconditions,
      signal,
    } as const;
    await demand(client, mine, [404, 409]);
  }
  throw new UsageError(
    `--context ${context} --namespace ${namespace}: somebody else has just taken it`,
  );
}

const pathOfClaims = (namespace: string): string => pathOf(MADE_KINDS.ConfigMap, namespace);

/** Why a claim counts no more; undefined when it does. Processes of another host cannot be looked at. */
function reasonToTake(data: Claim["data"]): string | undefined {
  const owner = ownerIn(data?.owner ?? "");
  if (owner === undefined) return undefined;
  if (data?.host === hostname()) return reasonToRemove(owner, Date.now() / 1_000);
  return owner.expiresAtS <= Date.now() / 1_000 ? "expired" : undefined;
}

function ownerIn(text: string): ClusterOwner | undefined {
  try {
    return JSON.parse(text) as ClusterOwner;
  } catch {
    return undefined;
  }
}

/** Whose claim stands on the namespace, if any. */
export async function whoseClaim(
  client: Asker,
  namespace: string,
  owner: ClusterOwner,
  signal?: AbortSignal,
): Promise<"ours" | "nobody's" | "somebody's"> {
  const path = `${pathOfClaims(namespace)}/${CLAIM}`;
  const { status, body } = await demand(client, { path, signal }, [404]);
  if (status === 404) return "nobody's";
  return (body as Claim).data?.owner === JSON.stringify(owner) ? "ours" : "somebody's";
}

/** Gives the namespace free; leaves a claim that is not this process's. */
export async function release(
  client: Asker,
  namespace: string,
  owner: ClusterOwner,
): Promise<void> {
  if ((await whoseClaim(client, namespace, owner)) !== "ours") return;
  await demand(client, { method: "DELETE", path: `${pathOfClaims(namespace)}/${CLAIM}` }, [404]);
}
