/** All rules over the manifests, in no particular order: findings are sorted by weight. */
import type { Check } from "./checked-deployment.js";
import { agentNotes } from "./rules/agent-notes.js";
import { autoscaling } from "./rules/autoscaling.js";
import { collectorImage } from "./rules/collector-image.js";
import { disruption } from "./rules/disruption.js";
import { memory } from "./rules/memory.js";
import { metricsPort } from "./rules/metrics-port.js";
import { missingObjects } from "./rules/missing-objects.js";
import { numTraces } from "./rules/num-traces.js";
import { probes } from "./rules/probes.js";
import { queueStorage } from "./rules/queue-storage.js";
import { requests } from "./rules/requests.js";
import { resolver } from "./rules/resolver.js";
import { resolverAccess } from "./rules/resolver-access.js";
import { routingAndRetry } from "./rules/routing-and-retry.js";
import { settingReleases } from "./rules/setting-releases.js";
import { shutdown } from "./rules/shutdown.js";
import { tls } from "./rules/tls.js";

export const RULES: readonly Check[] = [
  ...[missingObjects, probes, resolver, resolverAccess, queueStorage, shutdown, disruption],
  ...[
    autoscaling,
    requests,
    metricsPort,
    numTraces,
    memory,
    agentNotes,
    collectorImage,
    routingAndRetry,
    settingReleases,
    tls,
  ],
];
