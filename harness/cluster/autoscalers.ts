/** What the HorizontalPodAutoscalers of a namespace can see: one that sees no metric scales nothing. */
import type { ClusterClient } from "./client.js";
import { waitFor } from "./wait.js";

interface Autoscaler {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

/** metrics-server scrapes every 15 s and needs two scrapes of a new pod, then the controller looks every 15 s. */
const TIMEOUT_MS = 120_000;

/** Resolves when every autoscaler of the namespace has a value to decide by; HarnessError with what keeps one. */
export async function waitForAutoscalers(
  client: ClusterClient,
  options: {
    readonly namespace: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const path = `/apis/autoscaling/v2/namespaces/${options.namespace}/horizontalpodautoscalers`;
  await waitFor({
    what: "the autoscaler to see a metric of its pods",
    timeoutMs: TIMEOUT_MS,
    intervalMs: 1_000,
    signal: options.signal,
    fix: `kubectl --namespace ${options.namespace} describe hpa`,
    probe: async (stop) => {
      const { items } = JSON.parse(await client.call({ path, signal: stop })) as {
        items: Autoscaler[];
      };
      const blind = items.flatMap((item) => blindness(item) ?? []);
      return blind[0] === undefined
        ? { done: true, value: undefined }
        : { done: false, seen: blind[0] };
    },
  });
}

/** Why an autoscaler cannot decide; undefined when it can. */
export function blindness({ metadata, status }: Autoscaler): string | undefined {
  const active = status?.conditions?.find(({ type }) => type === "ScalingActive");
  if (active?.status === "True") return undefined;
  return `HPA ${metadata.name}: ${active?.message ?? "has not looked yet"}`;
}
