/** The run that a synthetic history tells: three gateways, one is killed, a new one comes; nothing else happens. */
import type { RunFacts } from "../history/run-facts.js";
import { journalsOf } from "../history/run-facts.js";
import { killGateway } from "../model/pod-faults.js";
import type { FaultEvent, TopologyEvent } from "../model/history.js";
import {
  duplicates,
  freshWithin,
  integrity,
  nothingUnexpected,
  recoversWithin,
  samplingExact,
  traceAffinity,
  zeroLoss,
} from "../model/invariant.js";
import { scenario, type Scenario } from "../model/scenario.js";

export const RUN_ID = "20260101T000000Z-1";
export const GATEWAYS = ["10.244.1.5", "10.244.2.7", "10.244.3.9"] as const;
export const KILLED = "10.244.2.7";
export const NEW_GATEWAY = "10.244.2.8";
export const NODES = ["worker", "worker2", "worker3"] as const;
export const SPANS_PER_TRACE = 10;
export const COREFILE = ".:53 {\n  kubernetes cluster.local {\n    ttl 5\n  }\n  cache 30\n}\n";

/** Unix ms of the first send. */
export const START_MS = 1_767_225_600_000;
const CALIBRATION_MS = 75_000;
export const KILL_MS = START_MS + CALIBRATION_MS + 30_000;
export const READY_MS = KILL_MS + 7_000;
/** Agents see each change this much later. */
export const ROUTING_LAG_MS = 3_000;
/** As many spans a second as a chain of one agent carried in measurements, to the power of ten below. */
const SPANS_PER_SECOND = 20_000;
const SHORTEST_MS = 240_000;

/** How many traces a history of `spans` spans has, and how long they are sent for. */
export function sizeOf(spans: number): { traces: number; lengthMs: number } {
  const traces = Math.ceil(spans / SPANS_PER_TRACE);
  return { traces, lengthMs: Math.max(SHORTEST_MS, (spans / SPANS_PER_SECOND) * 1_000) };
}

export const scenarioOf = (lengthMs: number): Scenario =>
  scenario({
    name: "gateway-kill",
    description: "imagined",
    tags: [],
    workload: { signals: ["traces"], spansPerTrace: SPANS_PER_TRACE },
    faults: [{ at: 30_000, fault: killGateway({ how: "force-delete", pick: "one" }) }],
    load: lengthMs - CALIBRATION_MS,
    invariants: [
      zeroLoss({ explained: "budget" }),
      traceAffinity(),
      samplingExact(),
      integrity(),
      nothingUnexpected(),
      freshWithin(15_000),
      duplicates(),
      recoversWithin(45_000),
    ],
  });

export function topology(): TopologyEvent[] {
  const gateway = (ip: string, atMs: number, changes: Partial<TopologyEvent>): TopologyEvent[] => {
    const pod = `otel-gateway-${ip.replaceAll(".", "-")}`;
    const base = {
      atMs,
      change: "added",
      pod,
      uid: `uid-${pod}`,
      tier: "gateway",
      ip,
      node: NODES[Number(ip.split(".")[2]) - 1] ?? "",
      ready: true,
      terminating: false,
      restarts: 0,
      disruption: "",
      ...changes,
    } as const;
    return [
      { ...base, source: "pod", service: "" },
      { ...base, source: "endpoint", service: "otel-gateway-headless" },
    ];
  };
  const gone = { change: "deleted", ready: false, terminating: true } as const;
  return [
    ...GATEWAYS.flatMap((ip) => gateway(ip, START_MS - 30_000, {})),
    ...gateway(KILLED, KILL_MS, gone),
    ...gateway(NEW_GATEWAY, READY_MS, {}),
  ];
}

export function faults({ faults: [scheduled] }: Scenario): FaultEvent[] {
  if (scheduled === undefined) return [];
  const name = `otel-gateway-${KILLED.replaceAll(".", "-")}`;
  const targets = [{ kind: "pod", name, uid: `uid-${name}`, ip: KILLED }] as const;
  const step = (at: FaultEvent["step"], atMs: number, proof = ""): FaultEvent => ({
    ...{ atMs, fault: 0, spec: scheduled.fault, step: at, targets, proof },
  });
  return [
    step("injecting", KILL_MS - 5),
    step("injected", KILL_MS),
    step("proven", READY_MS, "the pod's UID is gone, a new UID is ready"),
    step("healed", READY_MS + 1),
  ];
}

export const phases = (): { atMs: number; phase: string }[] => [
  { atMs: START_MS - 1_000, phase: "calibrate" },
  { atMs: START_MS + CALIBRATION_MS, phase: "load" },
];

/** What a real run's facts say, for journals of `lines` lines each. */
export const factsOf = (
  lengthMs: number,
  lines: Readonly<Record<string, number>>,
  seed: bigint,
): RunFacts => ({
  schemaVersion: 1,
  runId: RUN_ID,
  seed: String(seed),
  scenario: scenarioOf(lengthMs),
  agents: NODES.map((node, index) => ({ node, endpoint: endpointOfNode(index) })),
  corefile: COREFILE,
  quiesce: { reached: true, tookMs: 60_000, lastSeen: "silent" },
  generatorMaxLagMs: 3,
  topologyGaps: [],
  journals: journalsOf(scenarioOf(lengthMs)).map((source) => ({
    source,
    cutAtMs: START_MS + lengthMs + 200_000,
    boots: ["first"],
    lines: lines[source] ?? 1,
    sha256: "",
    mismatch: null,
  })),
  options: {},
});

export const endpointOfNode = (index: number): string => `172.18.0.${String(index + 3)}:4317`;
