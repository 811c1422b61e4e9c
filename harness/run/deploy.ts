/** Puts the deployment under test and the observers into the cluster, fresh for each run. */
import { applyYaml, removeNamespace } from "../cluster/apply.js";
import type { ClusterClient } from "../cluster/client.js";
import { deployObservers, type Observers } from "../cluster/observers.js";
import { waitForRollout } from "../cluster/rollout.js";
import { minutes } from "../model/durations.js";
import { HarnessError } from "../model/errors.js";
import { NAMESPACE } from "../model/ids.js";
import type { Progress } from "../model/progress.js";

const ROLLOUT_MS = minutes(3);
const AGENTS = { kind: "DaemonSet", name: "otel-agent" } as const;
const GATEWAYS = { kind: "Deployment", name: "otel-gateway" } as const;
const OTLP_GRPC_PORT = 4317;
const LIFETIME_S = 4 * 3_600;

export interface DeployInput {
  readonly client: ClusterClient;
  readonly renderedYaml: string;
  readonly observerImage: string;
  readonly runId: string;
  readonly audit: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface Deployed {
  readonly observers: Observers;
  /** One a node with an agent: where applications on that node send to. */
  readonly agents: readonly { readonly node: string; readonly endpoint: string }[];
}

/** Removes what an earlier run left in the namespace. */
export const clearNamespace = ({ client, progress, signal }: Omit<DeployInput, "runId">) =>
  removeNamespace(client, NAMESPACE, { timeoutMs: minutes(2), progress, signal });

/** Applies everything and waits until gateways, agents and observers are ready. */
export async function deploy(input: DeployInput): Promise<Deployed> {
  const { client, progress, signal } = input;
  await applyYaml(client, input.renderedYaml, { source: "deployment", progress, signal });
  const waiting = { namespace: NAMESPACE, timeoutMs: ROLLOUT_MS, progress, signal };
  const [observers] = await Promise.all([
    deployObservers(client, {
      ...waiting,
      image: input.observerImage,
      runId: input.runId,
      audit: input.audit,
      ownerPid: process.pid,
      expiresAtS: Math.floor(Date.now() / 1_000) + LIFETIME_S,
    }),
    waitForCollectors(client, { progress, signal }),
  ]);
  return { observers, agents: await agentEndpoints(client) };
}

/** Resolves when every gateway and agent is ready, of its newest template; HarnessError with what is not. */
export const waitForCollectors = (
  client: ClusterClient,
  options: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<void> =>
  waitForRollout(client, {
    ...options,
    namespace: NAMESPACE,
    timeoutMs: ROLLOUT_MS,
    workloads: [GATEWAYS, AGENTS],
  });

/** Agents listen on their node's address (hostPort), which applications get as status.hostIP. */
async function agentEndpoints(client: ClusterClient): Promise<Deployed["agents"]> {
  const { items } = await client.core.listNamespacedPod({
    namespace: NAMESPACE,
    labelSelector: "app=otel-agent",
  });
  const agents = items.flatMap(({ spec, status }) =>
    spec?.nodeName === undefined || status?.hostIP === undefined
      ? []
      : [{ node: spec.nodeName, endpoint: `${status.hostIP}:${String(OTLP_GRPC_PORT)}` }],
  );
  if (agents.length < 2) {
    throw new HarnessError("a trace must visit two agents, but fewer are there", {
      lastSeen: agents.map(({ node }) => node).join(", ") || "no agent",
      fix: "a cluster with at least two workers",
    });
  }
  return agents.sort((a, b) => a.node.localeCompare(b.node));
}
