/** What is seen of one gateway, for tests: its pod, its endpoint, its death. */
import type { TopologyEvent } from "../model/history.js";
import type { Death } from "./deaths.js";

const GATEWAY = {
  change: "modified",
  pod: "gw",
  uid: "u1",
  tier: "gateway",
  ip: "10.0.0.1",
  node: "n1",
  ready: true,
  terminating: false,
  restarts: 0,
  disruption: "",
} as const;

export const podEvent = (atMs: number, over: Partial<TopologyEvent> = {}): TopologyEvent => ({
  ...GATEWAY,
  atMs,
  source: "pod",
  service: "",
  ...over,
});

export const SERVICE = "otel-gateway-headless";
export const endpointEvent = (atMs: number, over: Partial<TopologyEvent> = {}): TopologyEvent => ({
  ...GATEWAY,
  atMs,
  source: "endpoint",
  service: SERVICE,
  ...over,
});

/** Its pod was gone at 100 s, and its process may have ended a second before. */
export const GONE: Death = {
  tier: "gateway",
  pod: "gw",
  uid: "u1",
  ip: "10.0.0.1",
  node: "n1",
  kind: "gone",
  unlisted: true,
  seenMs: 100_000,
  fromMs: 99_000,
  toMs: 103_000,
};
