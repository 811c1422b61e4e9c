/** What DNS and the agents' own counters say of the gateways, for faults of DNS. */
import { scrapeCollectors } from "../cluster/self-telemetry.js";
import { HarnessError, messageOf } from "../model/errors.js";
import type { SelfTelemetrySample } from "../model/history.js";
import type { LookupAnswer } from "../model/observer-api.js";
import type { FaultContext } from "./fault.js";

/** What agents resolve, as fixtures/deployments/corrected has it. */
export const GATEWAY_SERVICE = "otel-gateway-headless";
const RESOLUTIONS = "otelcol_loadbalancer_num_resolutions";

/** The name of the gateways, fully qualified. */
export const gatewayHost = (namespace: string): string =>
  `${GATEWAY_SERVICE}.${namespace}.svc.cluster.local`;

/** Asks DNS from the generator's pod; a pod that cannot be asked is an observation, not an error. */
export async function askDns({
  observers,
  namespace,
  signal,
}: FaultContext): Promise<LookupAnswer> {
  try {
    return await observers.generator.lookup(gatewayHost(namespace), signal);
  } catch (thrown) {
    signal?.throwIfAborted();
    return { error: `not asked: ${messageOf(thrown)}` };
  }
}

/** `10.244.1.5 10.244.2.7`, or the error that DNS gave. */
export const answerText = (answer: LookupAnswer): string =>
  "error" in answer ? answer.error : answer.addresses.join(" ") || "no address";

/** The addresses of the gateways that are ready, sorted, as the API has them. */
export async function readyGateways({ client, namespace }: FaultContext): Promise<string[]> {
  const { items } = await client.discovery.listNamespacedEndpointSlice({
    namespace,
    labelSelector: `kubernetes.io/service-name=${GATEWAY_SERVICE}`,
  });
  // The API sends null for a slice without endpoints, whatever the type says.
  const endpoints = items.flatMap(
    (slice) => (slice.endpoints as typeof slice.endpoints | null) ?? [],
  );
  const ready = endpoints.filter(({ conditions }) => conditions?.ready === true);
  return [...new Set(ready.flatMap(({ addresses }) => addresses))].sort();
}

/** How often each agent's resolver failed and succeeded, by pod; every look counts since the agent began. */
export type Resolutions = ReadonlyMap<string, { readonly failed: number; readonly done: number }>;

export async function resolutions({
  client,
  namespace,
  signal,
}: FaultContext): Promise<Resolutions> {
  const { samples } = await scrapeCollectors(client, { namespace, signal });
  return resolutionsIn(samples);
}

/** The same from samples of the agents' own metrics. */
export function resolutionsIn(samples: readonly SelfTelemetrySample[]): Resolutions {
  const counts = new Map<string, { failed: number; done: number }>();
  for (const { pod, tier, metric, labels, value } of samples) {
    if (tier !== "agent") continue;
    const known = counts.get(pod) ?? { failed: 0, done: 0 };
    if (metric === RESOLUTIONS) {
      if (labels.includes('success="true"')) known.done += value;
      else known.failed += value;
    }
    counts.set(pod, known);
  }
  return counts;
}

/** Agents of `before` whose counter has not grown since; one that is not there any more has not. */
export const notGrown = (
  before: Resolutions,
  now: Resolutions,
  counter: "failed" | "done",
): string[] =>
  [...before].flatMap(([pod, then]) =>
    (now.get(pod)?.[counter] ?? 0) > then[counter] ? [] : [pod],
  );

/** HarnessError when there is no agent to watch. */
export async function demandResolutions(context: FaultContext): Promise<Resolutions> {
  const counts = await resolutions(context);
  if (counts.size > 0) return counts;
  throw new HarnessError("no agent answers with its own metrics: the fault could not be seen");
}
