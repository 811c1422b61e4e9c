/** Makes backends behave otherwise until healed, and proves it by what they have on record of it. */
import { proxyPath } from "../cluster/observer-client.js";
import { waitFor, type Look } from "../cluster/wait.js";
import { text } from "node:stream/consumers";
import { messageOf } from "../model/errors.js";
import type { BackendStatus } from "../model/observer-api.js";
import type { BackendFault } from "../model/service-faults.js";
import type { BackendName } from "../model/signal.js";
import { awaitProof } from "./await-proof.js";
import type { Fault, FaultContext } from "./fault.js";

/** Each gateway sends each signal once in 10 s, its batch timeout; the rest is room for retries and a busy host. */
const PROOF_MS = 60_000;
const HEAL_MS = 30_000;
const OTLP_GRPC_PORT = 4317;

/** What one backend shows at a moment. */
export interface BackendLook extends Pick<BackendStatus, "behaviour" | "listening" | "treated"> {
  readonly name: BackendName;
  /** What a connection to its OTLP port from outside its pod came to; of one that is down only. */
  readonly connection?: string;
}

/** A fault of kind `backend`. */
export function troubleBackendsFault(spec: BackendFault): Fault {
  let before: readonly BackendLook[] = [];
  return {
    inject: async (context) => {
      before = await lookAtAll(context, spec);
      const { observers, signal } = context;
      await Promise.all(
        spec.backends.map((name) => observers.backends[name].behaviour(spec.behaviour, signal)),
      );
      return spec.backends.map((name) => ({ kind: "observer", name, uid: "", ip: "" }));
    },
    prove: (context) =>
      awaitProof(context, {
        what: "each backend to have treated a request otherwise than usual",
        timeoutMs: PROOF_MS,
        intervalMs: 1_000,
        look: async () => judgeTrouble(spec, before, await lookAtAll(context, spec)),
      }),
    heal: async (context) => {
      const { observers, signal } = context;
      await Promise.all(
        spec.backends.map((name) => observers.backends[name].behaviour({ kind: "normal" }, signal)),
      );
      return waitFor({
        what: "the backends to behave as usual",
        timeoutMs: HEAL_MS,
        signal,
        probe: async () => judgeHealed(before, await lookAtAll(context, spec)),
      });
    },
  };
}

/**
 * Done when every backend has treated a request otherwise since the fault began. One that is down sees no request: it
 * must have closed its ports, and a connection from outside must be refused.
 */
export function judgeTrouble(
  { behaviour }: Pick<BackendFault, "behaviour">,
  before: readonly BackendLook[],
  now: readonly BackendLook[],
): Look<string> {
  const looks = now.map((look) => {
    if (behaviour.kind === "down") {
      const refused = /connection refused/.exec(look.connection ?? "")?.[0];
      return {
        done: !look.listening && refused !== undefined,
        says: `${look.name}: ${refused ?? (look.connection || "no answer")}`,
      };
    }
    const { requests, items } = treatedSince(before, look);
    return { done: requests > 0, says: `${look.name} struck ${counted(requests, items)}` };
  });
  const says = looks.map((look) => look.says).join(", ");
  return looks.length > 0 && looks.every(({ done }) => done)
    ? { done: true, value: says }
    : { done: false, seen: says };
}

/** Done when every backend behaves as usual and takes connections. */
export function judgeHealed(
  before: readonly BackendLook[],
  now: readonly BackendLook[],
): Look<string> {
  const sick = now.find(({ behaviour, listening }) => behaviour !== "normal" || !listening);
  if (sick !== undefined) {
    const ports = sick.listening ? "" : ", its ports are closed";
    return { done: false, seen: `${sick.name} is ${sick.behaviour}${ports}` };
  }
  const told = now.map((look) => {
    const { requests, items } = treatedSince(before, look);
    return requests === 0 ? look.name : `${look.name}, after ${counted(requests, items)}`;
  });
  return { done: true, value: `as usual again: ${told.join("; ")}` };
}

const counted = (requests: number, items: number): string =>
  `${String(requests)} requests with ${String(items)} items`;

function treatedSince(before: readonly BackendLook[], { name, treated }: BackendLook) {
  const then = before.find((look) => look.name === name)?.treated ?? treated;
  return { requests: treated.requests - then.requests, items: treated.items - then.items };
}

const lookAtAll = (context: FaultContext, { backends }: BackendFault): Promise<BackendLook[]> =>
  Promise.all(
    backends.map(async (name) => {
      const { observers, signal } = context;
      const { behaviour, listening, treated } = await observers.backends[name].status(signal);
      const look = { name, behaviour, listening, treated };
      return listening ? look : { ...look, connection: await connection(context, name) };
    }),
  );

/** What the API server is told when it connects to a backend's port. */
async function connection(
  { client, namespace, observers, signal }: FaultContext,
  name: BackendName,
): Promise<string> {
  const { pod } = observers.backends[name];
  try {
    const path = proxyPath({ namespace, pod }, OTLP_GRPC_PORT, "/");
    return await text(await client.open({ path, timeoutMs: 5_000, signal }));
  } catch (thrown) {
    signal?.throwIfAborted();
    return messageOf(thrown);
  }
}
