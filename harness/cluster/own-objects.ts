/**
 * Makes objects in a namespace that is lent, and removes exactly those again: each carries our label, and one of that
 * name that is there already is somebody's and is never touched.
 */
import { HarnessError, messageOf, UsageError } from "../model/errors.js";
import { LABELS } from "../model/ids.js";
import type { ApplyOptions } from "./apply.js";
import { ask, demand, type Asker } from "./ask.js";
import { inApplyOrder, nameOf, type Manifest } from "./manifests.js";
import { MADE_KINDS, resourceOf, type ApiResource } from "./permissions.js";
import { waitFor } from "./wait.js";

const FIELD_MANAGER = "agent-gateway-chaos";

export interface LentNamespace {
  readonly client: Asker;
  readonly namespace: string;
  /** Put on every object that has none of ours yet. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Path of a kind's objects in a namespace. */
export const pathOf = ({ group, version, resource }: ApiResource, namespace: string): string =>
  `${group === "" ? "/api" : `/apis/${group}`}/${version}/namespaces/${namespace}/${resource}`;

/**
 * Creates objects in dependency order. UsageError for one that is there already, which then is not ours; HarnessError
 * with the API's words for one that it refuses.
 */
export async function createOwn(
  { client, namespace, labels }: LentNamespace,
  manifests: readonly Manifest[],
  { signal, progress }: ApplyOptions,
): Promise<void> {
  for (const manifest of inApplyOrder(manifests)) {
    signal?.throwIfAborted();
    const name = nameOf(manifest);
    const kind = resourceOf(manifest.kind);
    if (kind === undefined) throw new HarnessError(`${name}: a run makes no such object`);
    progress?.status(`create ${name}`);
    const marked = { ...labels, ...manifest.metadata.labels };
    const answer = await ask(client, {
      method: "POST",
      path: `${pathOf(kind, namespace)}?fieldManager=${FIELD_MANAGER}`,
      body: { ...manifest, metadata: { ...manifest.metadata, namespace, labels: marked } },
      signal,
    });
    if (answer.status === 409) {
      throw new UsageError(
        `namespace ${namespace} has a ${name} that is not of this tool; remove it, or lend another namespace`,
      );
    }
    if (answer.status < 200 || answer.status >= 300) {
      throw new HarnessError(`create ${name}: ${answer.message}`);
    }
  }
}

interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
  };
}

/**
 * Removes every object that carries our label, `spare` but, and waits until they and the pods of their controllers
 * are gone. HarnessError names what is left at the deadline.
 */
export async function removeOwn(
  { client, namespace }: Omit<LentNamespace, "labels">,
  options: ApplyOptions & {
    readonly timeoutMs: number;
    /** Name of an object that stays. */
    readonly spare: string;
  },
): Promise<void> {
  const { timeoutMs, signal, progress, spare } = options;
  progress?.status(`remove what is ours from namespace ${namespace}`);
  await waitFor({
    what: `what is ours in namespace ${namespace} to be gone`,
    timeoutMs,
    intervalMs: 1_000,
    signal,
    onLook: (seen) => progress?.status(seen),
    fix: `kubectl --namespace ${namespace} get all --selector ${LABELS.run}`,
    probe: async (stop) => {
      try {
        const left = await removeOnce(client, namespace, { spare, signal: stop });
        return left.length === 0
          ? { done: true, value: undefined }
          : { done: false, seen: `still there: ${left.join(", ")}` };
      } catch (thrown) {
        // Whoever tidies up does not give up at the first request that fails.
        signal?.throwIfAborted();
        return { done: false, seen: messageOf(thrown) };
      }
    },
  });
}

/** Asks for the removal of what is there; resolves with what was. */
async function removeOnce(
  client: Asker,
  namespace: string,
  { spare, signal }: { readonly spare: string; readonly signal: AbortSignal },
): Promise<string[]> {
  const left: string[] = [];
  for (const [kind, resource] of Object.entries(MADE_KINDS)) {
    const path = pathOf(resource, namespace);
    for (const object of await ours(client, path, signal)) {
      const { name, deletionTimestamp } = object.metadata;
      if (name === spare) continue;
      left.push(`${kind} ${name}`);
      if (deletionTimestamp === undefined) await remove(client, path, object, signal);
    }
  }
  return left;
}

async function ours(client: Asker, path: string, signal: AbortSignal): Promise<Listed[]> {
  const selector = encodeURIComponent(LABELS.run);
  const { body } = await demand(client, { path: `${path}?labelSelector=${selector}`, signal });
  return (body as { items: Listed[] }).items;
}

/** In the foreground: a controller is gone when its pods are. Only the object that was seen, not a namesake. */
const remove = (
  client: Asker,
  path: string,
  { metadata: { name, uid } }: Listed,
  signal: AbortSignal,
): Promise<unknown> =>
  demand(
    client,
    {
      method: "DELETE",
      path: `${path}/${name}`,
      body: { propagationPolicy: "Foreground", preconditions: { uid } },
      signal,
    },
    // It went by itself, or another one has its name by now.
    [404, 409],
  );
