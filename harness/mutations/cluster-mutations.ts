/** Defects of what the cluster did to the gateways: evictions and scaling against the deployment's own rules. */
import { disruptionBudget } from "../model/invariant.js";
import type { Ground } from "./ground.js";
import { OVERSCALED, type Mutation } from "./mutation.js";
import { setting } from "./record-mutations.js";

/** Adds gateway pods of the same template that nobody routes to. */
const pods = (g: Ground, count: number, afterMs: number): Promise<void> =>
  g.change(
    ["topology"],
    `INSERT INTO topology BY NAME
       SELECT t.* REPLACE (left(t.pod, -5) || 'more' || n AS pod, 'more-' || n AS uid, '' AS ip, 'added' AS change,
         ${String(g.victims.faultMs + afterMs)} AS at_ms)
       FROM (SELECT * FROM topology WHERE source = 'pod' AND tier = 'gateway' LIMIT 1) t
       CROSS JOIN range(${String(count)}) s(n)`,
  );

export const CLUSTER_MUTATIONS: readonly Mutation[] = [
  {
    says: "the gateway was evicted although the budget wanted three ready",
    asks: [disruptionBudget()],
    plant: async (g) => {
      setting(g, /minAvailable: 2/, "minAvailable: 3");
      await g.change(
        ["topology"],
        `UPDATE topology SET disruption = 'EvictionByEvictionAPI'
         WHERE source = 'pod' AND ip = '${g.victims.killed}' AND (terminating OR change = 'deleted')`,
      );
    },
    caughtBy: { "disruption-budget": "fail" },
  },
  {
    says: "there were more gateways than the autoscaler's maximum",
    plant: (g) => {
      setting(g, /maxReplicas: 15/, "maxReplicas: 2");
    },
    caughtBy: OVERSCALED,
  },
  {
    says: "there were fewer gateways than the autoscaler's minimum",
    plant: (g) => {
      setting(g, /minReplicas: 3/, "minReplicas: 4");
    },
    caughtBy: OVERSCALED,
  },
  {
    says: "four gateways came at once, one more than the autoscaler may add in a minute",
    plant: (g) => pods(g, 4, 30_000),
    caughtBy: OVERSCALED,
  },
];
