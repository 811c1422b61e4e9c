/** Stops the API server until healed, and proves it by an API that gives no answer for some time. */
import { controlPlaneNode, startApiServer, stopApiServer } from "../cluster/control-plane.js";
import { nodeTrouble } from "../cluster/baseline.js";
import { waitFor, type Look } from "../cluster/wait.js";
import { messageOf } from "../model/errors.js";
import { awaitProof } from "./await-proof.js";
import type { Fault, FaultContext } from "./fault.js";

/** The kubelet looks at its manifests every 20 s at the latest and lets the API server end for 30 s. */
const DOWN_MS = 90_000;
/** Longest until it answers again and every node has reported. */
const UP_MS = 150_000;
/** Silent in so many looks, a second apart: not a hiccup. */
const LOOKS = 5;

/** A fault of kind `control-plane-outage`. */
export function controlPlaneOutageFault(): Fault {
  return {
    inject: async (context) => {
      const { cluster, signal } = context;
      const name = await controlPlaneNode(cluster, { signal });
      await stopApiServer(cluster, { signal });
      await waitFor({
        what: "the API server to end",
        timeoutMs: DOWN_MS,
        signal,
        probe: async () => judgeSilent([await ask(context)], 1),
      });
      return [{ kind: "node", name, uid: "", ip: "" }];
    },
    prove: (context) => {
      const answers: string[] = [];
      return awaitProof(context, {
        what: "the API server to stay silent",
        timeoutMs: DOWN_MS,
        intervalMs: 1_000,
        look: async () => {
          answers.push(await ask(context));
          return judgeSilent(answers, LOOKS);
        },
      });
    },
    heal: async (context) => {
      const { cluster, signal } = context;
      await startApiServer(cluster, { signal });
      return waitFor({
        what: "the API server to answer and every node to be ready",
        timeoutMs: UP_MS,
        intervalMs: 1_000,
        signal,
        probe: async () => {
          const answer = await ask(context);
          if (answer !== READY) return { done: false, seen: `the API says: ${answer}` };
          const { items } = await context.client.core.listNode();
          const [trouble] = items.flatMap((node) => nodeTrouble(node) ?? []);
          if (trouble !== undefined) return { done: false, seen: trouble };
          return { done: true, value: `the API answers, ${String(items.length)} nodes are ready` };
        },
      });
    },
  };
}

const READY = "HTTP 200";

/** What the API says: `HTTP 200`, or why there is no answer. */
async function ask({ client, signal }: FaultContext): Promise<string> {
  try {
    const response = await client.open({ path: "/readyz", timeoutMs: 2_000, signal });
    response.resume();
    return `HTTP ${String(response.statusCode)}`;
  } catch (thrown) {
    signal?.throwIfAborted();
    return messageOf(thrown);
  }
}

/** Done when the last so many looks had no answer at all; an error is an answer. */
export function judgeSilent(answers: readonly string[], looks: number): Look<string> {
  const last = answers.slice(-looks);
  const said = last.find((answer) => answer.startsWith("HTTP "));
  if (said !== undefined) return { done: false, seen: `the API answers: ${said}` };
  const value = `no answer in ${String(looks)} looks: ${last.at(-1) ?? ""}`;
  return last.length < looks
    ? { done: false, seen: "not looked often enough" }
    : { done: true, value };
}
