/**
 * Waits until every agent routes to every gateway. An agent that starts before DNS knows a gateway has an empty
 * ring until its resolver's next look: it acknowledges telemetry and drops it with `couldn't find the exporter for
 * the endpoint ""` (opentelemetry-collector-contrib#29270). That is a loss of the start, not of a fault.
 */
import type { ClusterClient } from "../cluster/client.js";
import { scrapeCollectors } from "../cluster/self-telemetry.js";
import { waitFor } from "../cluster/wait.js";
import { seconds } from "../model/durations.js";
import type { Progress } from "../model/progress.js";

const TIMEOUT_MS = seconds(90);
const BACKENDS_METRIC = "otelcol_loadbalancer_num_backends";
/** Looks in a row that must agree: the exporters of the three signals resolve apart, each once an interval of 5 s. */
const LOOKS = 7;

export interface SteadyRingsOptions {
  readonly namespace: string;
  /** Whether agents resolve the gateways themselves; else they know one address that stands for all. */
  readonly headless: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** HarnessError at the deadline, with what each agent knows. */
export async function steadyRings(
  client: ClusterClient,
  options: SteadyRingsOptions,
): Promise<void> {
  let agreed = 0;
  await waitFor({
    what: "every agent to route to every gateway",
    timeoutMs: TIMEOUT_MS,
    intervalMs: seconds(1),
    signal: options.signal,
    onLook: (seen) => options.progress.status(seen),
    probe: async () => {
      const { samples } = await scrapeCollectors(client, {
        namespace: options.namespace,
        signal: options.signal,
      });
      const podsOf = (tier: "agent" | "gateway"): string[] => [
        ...new Set(samples.filter((sample) => sample.tier === tier).map(({ pod }) => pod)),
      ];
      const gateways = podsOf("gateway").length;
      const known = podsOf("agent").map((pod) =>
        Math.max(
          0,
          ...samples
            .filter((sample) => sample.pod === pod && sample.metric === BACKENDS_METRIC)
            .map(({ value }) => value),
        ),
      );
      const expected = options.headless ? gateways : Math.min(gateways, 1);
      const whole = expected > 0 && known.length > 0 && known.every((count) => count === expected);
      agreed = whole ? agreed + 1 : 0;
      if (agreed >= LOOKS) return { done: true, value: undefined };
      return {
        done: false,
        seen: `${String(gateways)} gateways, agents know ${known.join(", ") || "none"}`,
      };
    },
  });
}
