/** Collector pods for the tests of faults. */
import type { CollectorState } from "./collectors.js";

/** Pod n of a tier, ready, of the template `old`, on its own node. */
export const pod = (n: number, over: Partial<CollectorState> = {}): CollectorState => ({
  kind: "pod",
  name: `gw-${String(n)}`,
  uid: `u${String(n)}`,
  ip: `10.0.0.${String(n)}`,
  node: `worker${String(n)}`,
  ready: true,
  terminating: false,
  template: "old",
  runningSinceMs: 0,
  waiting: "",
  restarts: 0,
  lastEnd: null,
  ...over,
});
