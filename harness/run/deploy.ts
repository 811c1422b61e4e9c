/** Puts the deployment under test and the observers into the cluster, fresh for each run. */
import { parseManifests } from "../cluster/manifests.js";
import { deployObservers, type Observers } from "../cluster/observers.js";
import type { ProvisionedCluster } from "../cluster/provision.js";
import { waitForRollout } from "../cluster/rollout.js";
import { withPort } from "../model/addresses.js";
import { minutes } from "../model/durations.js";
import { HarnessError } from "../model/errors.js";
import type { Progress } from "../model/progress.js";

const ROLLOUT_MS = minutes(3);
const AGENTS = { kind: "DaemonSet", name: "otel-agent" } as const;
const GATEWAYS = { kind: "Deployment", name: "otel-gateway" } as const;
const OTLP_GRPC_PORT = 4317;
const LIFETIME_S = 4 * 3_600;

export interface DeployInput {
  readonly cluster: ProvisionedCluster;
  readonly renderedYaml: string;
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

type Place = Pick<ProvisionedCluster, "client" | "namespace">;

/** Applies everything and waits until gateways, agents and observers are ready. */
export async function deploy(input: DeployInput): Promise<Deployed> {
  const { cluster, progress, signal } = input;
  await cluster.apply(parseManifests(input.renderedYaml, "deployment"), { progress, signal });
  const [observers] = await Promise.all([
    deployObservers(cluster, {
      timeoutMs: ROLLOUT_MS,
      progress,
      signal,
      runId: input.runId,
      audit: input.audit,
      ownerPid: process.pid,
      expiresAtS: Math.floor(Date.now() / 1_000) + LIFETIME_S,
    }),
    waitForCollectors(cluster, { progress, signal }),
  ]);
  return { observers, agents: await agentEndpoints(cluster) };
}

/** Resolves when every gateway and agent is ready, of its newest template; HarnessError with what is not. */
export const waitForCollectors = (
  { client, namespace }: Place,
  options: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<void> =>
  waitForRollout(client, {
    ...options,
    namespace,
    timeoutMs: ROLLOUT_MS,
    workloads: [GATEWAYS, AGENTS],
  });

/** Agents listen on their node's address (hostPort), which applications get as status.hostIP. */
async function agentEndpoints({ client, namespace }: Place): Promise<Deployed["agents"]> {
  const { items } = await client.core.listNamespacedPod({
    namespace,
    labelSelector: "app=otel-agent",
  });
  const agents = items.flatMap(({ spec, status }) =>
    spec?.nodeName === undefined || status?.hostIP === undefined
      ? []
      : [{ node: spec.nodeName, endpoint: withPort(status.hostIP, OTLP_GRPC_PORT) }],
  );
  if (agents.length < 2) {
    throw new HarnessError("a trace must visit two agents, but fewer are there", {
      lastSeen: agents.map(({ node }) => node).join(", ") || "no agent",
      fix: "a cluster with at least two workers",
    });
  }
  return agents.sort((a, b) => a.node.localeCompare(b.node));
}
