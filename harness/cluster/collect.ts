/**
 * Saves what the cluster says about itself: logs, events and pods, for whoever must explain a run.
 */
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { StringDecoder } from "node:string_decoder";
import type { V1Pod } from "@kubernetes/client-node";
import { HarnessError, messageOf } from "../model/errors.js";
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
    pods.items.flatMap(logsOf).map(async (log) => {
      const file = `${log.pod}.${log.container}${log.previous ? ".previous" : ""}.log`;
      try {
        await saveLog(client, namespace, log, join(dir, "logs", file));
      } catch (thrown) {
        missed.push(`${file}: ${messageOf(thrown).split("\n")[0] ?? ""}`);
      }
    }),
  );
}

/** As a stream: the logs of a long run's pods together may be larger than the memory that the harness should take. */
async function saveLog(
  client: Pick<ClusterClient, "open">,
  namespace: string,
  { pod, container, previous }: LogOf,
  path: string,
): Promise<void> {
  const query = new URLSearchParams({ container, previous: String(previous), timestamps: "true" });
  const response = await client.open({
    path: `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query.toString()}`,
  });
  if (response.statusCode !== 200) {
    const said = (await text(response)).slice(0, 500);
    throw new HarnessError(`answered ${String(response.statusCode)}: ${said}`);
  }
  await pipeline(response, redactedLines, createWriteStream(path));
}

/** Whole lines, so that no token is torn between two chunks and shows. */
async function* redactedLines(chunks: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.write(chunk);
    const end = rest.lastIndexOf("\n") + 1;
    if (end === 0) continue;
    yield redactText(rest.slice(0, end));
    rest = rest.slice(end);
  }
  yield redactText(rest + decoder.end());
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
