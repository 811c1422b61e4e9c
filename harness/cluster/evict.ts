/** Evictions as `kubectl drain` asks for them: through the API that a disruption budget binds. */
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { HarnessError } from "../model/errors.js";
import type { ClusterClient } from "./client.js";
import type { PodToKill } from "./kill-pod.js";

export type EvictionAnswer =
  /** The pod is on its way out, or gone. */
  | { readonly kind: "accepted" }
  /** HTTP 429: a disruption budget does not allow it now. */
  | { readonly kind: "refused"; readonly why: string };

/** Asks once. HarnessError for any answer but yes and "not now". */
export async function evictPod(
  client: ClusterClient,
  { namespace, name, uid }: PodToKill,
  signal?: AbortSignal,
): Promise<EvictionAnswer> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  const response = await client.open({
    method: "POST",
    path,
    body: {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid } },
    },
    signal,
  });
  return evictionAnswer(path, response.statusCode ?? 0, await text(response));
}

/** What the API's answer to an eviction means; pure. 404 and 409: the pod of that UID is gone. */
export function evictionAnswer(path: string, status: number, body: string): EvictionAnswer {
  if ((status >= 200 && status < 300) || status === 404 || status === 409) {
    return { kind: "accepted" };
  }
  if (status === 429) return { kind: "refused", why: messageIn(body) };
  throw new HarnessError(`POST ${path} answered ${String(status)}`, {
    lastSeen: body.trim().slice(0, 500),
  });
}

function messageIn(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // Not the API's own JSON; its text says it as well.
  }
  return body.trim().slice(0, 200);
}

/** Asks again, after the interval each time, until the answer is yes; `onAnswer` gets each answer. */
export async function evictUntilAccepted(
  client: ClusterClient,
  pod: PodToKill,
  options: {
    readonly intervalMs: number;
    readonly signal: AbortSignal;
    readonly onAnswer: (answer: EvictionAnswer) => void;
  },
): Promise<void> {
  const { intervalMs, signal, onAnswer } = options;
  for (;;) {
    await sleep(intervalMs, undefined, { signal });
    const answer = await evictPod(client, pod, signal);
    onAnswer(answer);
    if (answer.kind === "accepted") return;
  }
}
