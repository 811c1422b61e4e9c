/** Every scenario, and the named lists that people run. */
import backendDropsOneSpan from "./controls/backend-drops-one-span.js";
import clusteripService from "./controls/clusterip-service.js";
import killNothing from "./controls/kill-nothing.js";
import gatewayKill from "./gateway-kill.js";
import noFaultsBusy from "./no-faults-busy.js";
import noFaults from "./no-faults.js";

export const scenarios = [
  noFaults,
  noFaultsBusy,
  gatewayKill,
  clusteripService,
  backendDropsOneSpan,
  killNothing,
];

const tagged = (tag: string) => scenarios.filter((scenario) => scenario.tags.includes(tag));

export const suites = {
  smoke: tagged("smoke"),
  nightly: tagged("nightly"),
  release: tagged("release"),
  /** Deployments and backends that are known to be wrong: each must be found out. */
  controls: tagged("controls"),
  all: scenarios,
};
export type SuiteName = keyof typeof suites;
