/**
 * Saves what the cluster says about itself: logs, events and pods, for whoever must explain a run.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { V1Pod } from "@kubernetes/client-node";
import { messageOf } from "../model/errors.js";
import type { ClusterClient } from "./client.js";

export interface CollectOptions {
  readonly namespaces: readonly string[];
  /** Gets `NAMESPACE/pods.json`, `events.json` and `logs/POD.CONTAINER[.previous].log`. */
  readonly dir: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Collects what it can; what it cannot is returned as lines, never thrown: trouble is when it is
 * needed.
 */
export async function collectEvidence(
  client: ClusterClient,
  options: CollectOptions,
): Promise<string[]> {
  const missed: string[] = [];
  for (const namespace of options.namespaces) {
    options.signal?.throwIfAborted();
    try {
      await collectNamespace(client, namespace, join(options.dir, namespace), missed);
    } catch (thrown) {
      missed.push(`${namespace}: ${messageOf(thrown)}`);
    }
  }
  return missed;
}

async function collectNamespace(
  client: ClusterClient,
  namespace: string,
  dir: string,
  missed: string[],
): Promise<void> {
  await mkdir(join(dir, "logs"), { recursive: true });
  const [pods, events] = await Promise.all([
    client.core.listNamespacedPod({ namespace }),
    client.core.listNamespacedEvent({ namespace }),
  ]);
  await writeJson(join(dir, "pods.json"), pods.items);
  await writeJson(join(dir, "events.json"), events.items);
  await Promise.all(
    pods.items.flatMap(logsOf).map(async ({ pod, container, previous }) => {
      const file = `${pod}.${container}${previous ? ".previous" : ""}.log`;
      try {
        const log = await client.core.readNamespacedPodLog({
          name: pod,
          namespace,
          container,
          previous,
          timestamps: true,
        });
        await writeFile(join(dir, "logs", file), redactText(log));
      } catch (thrown) {
        missed.push(`${file}: ${messageOf(thrown).split("\n")[0] ?? ""}`);
      }
    }),
  );
}

interface LogOf {
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

/**
 * The current log of each container that has started, and the one before of each that has
 * restarted.
 */
function logsOf(pod: V1Pod): LogOf[] {
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  return statuses.flatMap(({ name, restartCount, containerID }) => {
    const log = { pod: pod.metadata?.name ?? "", container: name };
    return [
      ...(containerID === undefined ? [] : [{ ...log, previous: false }]),
      ...(restartCount === 0 ? [] : [{ ...log, previous: true }]),
    ];
  });
}

const writeJson = (path: string, value: unknown): Promise<void> =>
  writeFile(path, `${JSON.stringify(value, redactField, 2)}\n`);

const SECRET_NAME = /token|secret|passw|credential|api-?_?key|authorization/i;
const REDACTED = "[redacted]";

/**
 * JSON replacer: hides the value of an environment variable or field whose name speaks of a secret.
 */
export function redactField(key: string, value: unknown): unknown {
  if (key === "managedFields") return undefined;
  if (typeof value === "string") return SECRET_NAME.test(key) ? REDACTED : redactText(value);
  const { name, value: inner } = (value ?? {}) as { name?: unknown; value?: unknown };
  if (typeof name === "string" && typeof inner === "string" && SECRET_NAME.test(name)) {
    return { ...(value as object), value: REDACTED };
  }
  return value;
}

/** Hides bearer tokens and JSON web tokens wherever they stand in a text. */
export const redactText = (text: string): string =>
  text
    .replace(/\b(bearer\s+)\S+/gi, `$1${REDACTED}`)
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, REDACTED);
