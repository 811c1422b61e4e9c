/**
 * Waits until every agent routes to every gateway. An agent that starts before DNS knows a gateway has an empty
 * ring until its resolver's next look: it acknowledges telemetry and drops it with `couldn't find the exporter for
 * the endpoint ""` (opentelemetry-collector-contrib#29270). One that starts while a CoreDNS still answers with the
 * gateways of before, as it does for a while after the API server was away, sends to these. Either is a loss of the
 * start, not of a fault.
 */
import type { ClusterClient } from "../cluster/client.js";
import { scrapeCollectors } from "../cluster/self-telemetry.js";
import { waitFor } from "../cluster/wait.js";
import { seconds } from "../model/durations.js";
import type { LookupAnswer } from "../model/observer-api.js";
import type { Progress } from "../model/progress.js";

const TIMEOUT_MS = seconds(90);
const BACKENDS_METRIC = "otelcol_loadbalancer_num_backends";
const LOOK_MS = seconds(1);
/** Each answer comes from one of the CoreDNS pods, which need not agree. */
const ANSWERS = 4;

/** What DNS says of the gateways, asked anew each time, and what it must say. */
export interface DnsView {
  readonly ask: () => Promise<LookupAnswer>;
  readonly gateways: () => readonly string[];
}

export interface SteadyRingsOptions {
  readonly namespace: string;
  /** Whether agents resolve the gateways themselves; else they know one address that stands for all. */
  readonly headless: boolean;
  /** For agents that ask DNS for the gateways' own addresses. */
  readonly dns?: DnsView | undefined;
  /** The exporters of the three signals resolve apart, each once in so long: all must have since everything agrees. */
  readonly resolveMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** HarnessError at the deadline, with what each agent knows. */
export async function steadyRings(
  client: ClusterClient,
  options: SteadyRingsOptions,
): Promise<void> {
  const { dns, resolveMs } = options;
  let agreedMs = Infinity;
  await waitFor({
    what: "every agent to route to every gateway",
    timeoutMs: TIMEOUT_MS + 2 * resolveMs,
    intervalMs: LOOK_MS,
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
      const stale = dns === undefined ? [] : await namedInVain(dns);
      const whole =
        stale.length === 0 &&
        expected > 0 &&
        known.length > 0 &&
        known.every((count) => count === expected);
      agreedMs = whole ? Math.min(agreedMs, Date.now()) : Infinity;
      if (Date.now() >= agreedMs + resolveMs + LOOK_MS) return { done: true, value: undefined };
      const counts = `${String(gateways)} gateways, agents know ${known.join(", ") || "none"}`;
      const also = stale.length === 0 ? "" : `; DNS still names ${stale.join(", ")}, no gateway`;
      return { done: false, seen: counts + also };
    },
  });
}

/** What DNS names and no gateway has. No answer is none that leads an agent astray. */
export async function namedInVain({ ask, gateways }: DnsView): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: ANSWERS }, ask));
  const named = new Set(answers.flatMap((answer) => ("error" in answer ? [] : answer.addresses)));
  const real = gateways();
  return [...named].filter((address) => !real.includes(address));
}
