/**
 * Writes the history of a gateway-kill run that never happened, for tests: a small load, one of three gateways
 * killed, and a deployment that does exactly what its configuration says. Same writer as that of real runs.
 */
import { readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { sealHistory } from "../history/write-history.js";
import type { FetchedJournal, HistoryInput } from "../history/write-history.js";
import { journalsOf } from "../history/run-facts.js";
import { measureFile } from "../history/seal.js";
import type { FaultEvent, TopologyEvent } from "../model/history.js";
import { killGateway } from "../model/pod-faults.js";
import {
  duplicates,
  nothingUnexpected,
  recoversWithin,
  traceAffinity,
  zeroLoss,
} from "../model/invariant.js";
import type { SentItem } from "../model/journal.js";
import { random, type Random } from "../model/random.js";
import { scenario } from "../model/scenario.js";
import { BACKEND_OF_SIGNAL, TRACE_CLASSES, type Signal, type TraceClass } from "../model/signal.js";
import {
  deploymentFacts,
  samplingFactsOf,
  type DeploymentFacts,
} from "../oracle/deployment-facts.js";
import {
  buildRing,
  endpointOf,
  ipOf,
  ownerAt,
  positionOf,
  routeKeyOf,
  type Ring,
} from "../oracle/ring.js";
import { sampledByHash } from "../oracle/sampling.js";
import { telemetry, type CountedPod } from "./test-telemetry.js";

const DEPLOYMENT = join(import.meta.dirname, "../../fixtures/histories/deployment.yaml");
const RUN_ID = "20260101T000000Z-1";
const GATEWAYS = ["10.244.1.5", "10.244.2.7", "10.244.3.9"];
const KILLED = "10.244.2.7";
const NEW = "10.244.2.8";
const NODES = ["worker", "worker2", "worker3"];

/** Unix ms of the first send; everything below counts from it. */
const START_MS = 1_767_225_600_000;
const LOAD_MS = 75_000;
const KILL_MS = LOAD_MS + 10_000;
const END_MS = LOAD_MS + 70_000;
/** Agents see each change this much later. */
const ROUTING_LAG_MS = 3_000;
const READY_MS = KILL_MS + 7_000;
const TRACES_PER_SECOND = 4;

interface Sent extends SentItem {
  readonly signal: Signal;
  readonly atMs: number;
  readonly node: string;
}

/** Seals the history of the imagined run in `dir`. `seed` varies IDs. */
export async function writeTestRun(
  dir: string,
  { seed = 1n, audit = false }: { seed?: bigint; audit?: boolean } = {},
): Promise<void> {
  const renderedYaml = await readFile(DEPLOYMENT, "utf8");
  const facts = deploymentFacts(renderedYaml);
  const sent = plan(random(seed), facts);
  await sealHistory(dir, {
    runId: RUN_ID,
    seed: String(seed),
    scenario: { ...SCENARIO, audit },
    agents: NODES.map((node, index) => ({ node, endpoint: `172.18.0.${String(index + 3)}:4317` })),
    corefile: ".:53 {\n  kubernetes cluster.local {\n    ttl 5\n  }\n  cache 30\n}\n",
    renderedYaml,
    journals: await journals(dir, sent, facts, audit),
    topology: topology(),
    faults: faults(),
    phases: [
      { atMs: START_MS - 1_000, phase: "calibrate" },
      { atMs: START_MS + LOAD_MS, phase: "load" },
    ],
    selfTelemetry: selfTelemetry(sent, facts),
    quiesce: { reached: true, tookMs: 40_000, lastSeen: "silent" },
    generatorMaxLagMs: 3,
  });
}

const SCENARIO = scenario({
  name: "gateway-kill",
  description: "imagined",
  tags: [],
  calibration: { minTraces: 40 },
  faults: [{ at: 10_000, fault: killGateway({ how: "force-delete", pick: "one" }) }],
  load: END_MS - LOAD_MS,
  invariants: [
    zeroLoss({ explained: "budget" }),
    traceAffinity(),
    nothingUnexpected(),
    duplicates(),
    recoversWithin(45_000),
  ],
});

/** Traces of every class in turn, six spans over four seconds, and a metric point and a log record with each. */
function plan(dice: Random, facts: DeploymentFacts): Sent[] {
  const sent: Sent[] = [];
  const policy = samplingFactsOf(facts);
  for (let n = 0; n * 1_000 < END_MS * TRACES_PER_SECOND; n++) {
    const beginMs = START_MS + (n * 1_000) / TRACES_PER_SECOND;
    const traceClass = TRACE_CLASSES[n % TRACE_CLASSES.length] ?? "hash-kept";
    const key = traceId(dice, (id) => sampledByHash(id, policy) === (traceClass === "hash-kept"));
    for (let span = 0; span < 6; span++) {
      sent.push(spanOf(dice, { key, traceClass, beginMs, span }, policy.decisionWaitMs));
    }
    const item = { digest: hex(dice, 8), atMs: beginMs };
    const node = NODES[n % 3] ?? "";
    const service = `service-${String(n % 20)}`;
    sent.push({ ...item, signal: "metrics", id: hex(dice, 8), key: service, node });
    sent.push({ ...item, signal: "logs", id: hex(dice, 8), key: hex(dice, 16), node });
  }
  return sent.sort((a, b) => a.atMs - b.atMs);
}

function spanOf(
  dice: Random,
  of: { key: string; traceClass: TraceClass; beginMs: number; span: number },
  decisionWaitMs: number,
): Sent {
  const last = of.span === 5;
  const late = of.traceClass === "long" && last ? decisionWaitMs + 5_000 : 0;
  const startMs = of.beginMs + (of.traceClass === "slow-union" ? of.span * 1_000 : of.span);
  return {
    signal: "traces",
    id: hex(dice, 8),
    key: of.key,
    digest: hex(dice, 8),
    class: of.traceClass,
    startMs,
    endMs: startMs + 10,
    // What is long must be kept for its late span to be expected.
    error:
      of.traceClass === "error-all" ||
      of.traceClass === "long" ||
      (of.traceClass === "error-last" && last),
    atMs: of.beginMs + of.span * 800 + late,
    node: NODES[of.span % 3] ?? "",
  };
}

const hex = (dice: Random, bytes: number): string =>
  Array.from({ length: bytes }, () => dice.below(256).toString(16).padStart(2, "0")).join("");

function traceId(dice: Random, fits: (id: string) => boolean): string {
  for (;;) {
    const id = hex(dice, 16);
    if (fits(id)) return id;
  }
}

/** The gateways that agents know at a time. */
function ringAt(atMs: number): Ring {
  const sinceMs = atMs - START_MS - ROUTING_LAG_MS;
  const ips =
    sinceMs < KILL_MS
      ? GATEWAYS
      : [...GATEWAYS.filter((ip) => ip !== KILLED), ...(sinceMs < READY_MS ? [] : [NEW])];
  return buildRing(ips.map((ip) => endpointOf(ip, "4317")));
}

interface Receipt {
  readonly item: Sent;
  readonly peer: string;
  readonly atMs: number;
}

/** Where agents route each item, and when. */
const route = (sent: readonly Sent[], facts: DeploymentFacts): Receipt[] =>
  sent.map((item) => {
    const atMs = item.atMs + facts.agent.batch[item.signal].timeoutMs / 2;
    const position = positionOf(routeKeyOf(item.signal, item.key));
    return { item, atMs, peer: ipOf(ownerAt(ringAt(atMs), position)) };
  });

/** What the gateways get: all that is routed, but for what comes to the killed one when it is dead. */
const reach = (sent: readonly Sent[], facts: DeploymentFacts): Receipt[] =>
  route(sent, facts)
    .filter(({ peer, atMs }) => peer !== KILLED || atMs <= START_MS + KILL_MS)
    .sort((a, b) => a.atMs - b.atMs);

/** What the gateways deliver: each decides by what it has, and the killed one takes along what it holds. */
function deliver(sent: readonly Sent[], facts: DeploymentFacts): Receipt[] {
  const policy = samplingFactsOf(facts);
  const routed = route(sent, facts);
  const parts = new Map<string, typeof routed>();
  for (const one of routed) {
    const part = `${one.item.signal} ${one.item.signal === "traces" ? one.item.key : one.item.id} ${one.peer}`;
    parts.set(part, [...(parts.get(part) ?? []), one]);
  }
  return [...parts.values()].flatMap((part) => {
    const [first] = part;
    if (first === undefined) return [];
    const traces = first.item.signal === "traces";
    if (
      traces &&
      !isKept(
        part.map(({ item }) => item),
        policy.latencyThresholdMs,
        sampledByHash(first.item.key, policy),
      )
    ) {
      return [];
    }
    const decidedMs = first.atMs + (traces ? policy.decisionWaitMs + 500 : 0);
    return part.flatMap(({ item, atMs: routedMs, peer }) => {
      const halfBatchMs = facts.gateway.batch[item.signal].timeoutMs / 2;
      const atMs = Math.max(routedMs, decidedMs) + halfBatchMs;
      return peer === KILLED && atMs > START_MS + KILL_MS ? [] : [{ item, peer, atMs }];
    });
  });
}

function isKept(items: readonly Sent[], thresholdMs: number, byHash: boolean): boolean {
  const startMs = Math.min(...items.map((item) => item.startMs ?? Infinity));
  const endMs = Math.max(...items.map((item) => item.endMs ?? 0));
  return byHash || items.some(({ error }) => error === true) || endMs - startMs >= thresholdMs;
}

async function journals(
  dir: string,
  sent: readonly Sent[],
  facts: DeploymentFacts,
  audit: boolean,
): Promise<FetchedJournal[]> {
  const receipts = deliver(sent, facts).sort((a, b) => a.atMs - b.atMs);
  const fetched: FetchedJournal[] = [];
  for (const source of journalsOf({ audit })) {
    const lines: object[] = [{ k: "open", source, runId: RUN_ID, atMs: START_MS - 2_000 }];
    if (source === "generator") {
      for (const [n, item] of sent.entries()) lines.push(...operation(`op-${String(n)}`, item));
    } else if (source === "audit") {
      lines.push(...reach(sent, facts).map(receiptLine));
    } else {
      const own = receipts.filter(({ item }) => BACKEND_OF_SIGNAL[item.signal] === source);
      lines.push(...own.map(receiptLine));
    }
    fetched.push(await writeJournal(dir, source, lines));
  }
  return fetched;
}

function operation(op: string, { signal, node, atMs, ...item }: Sent): object[] {
  return [
    { k: "invoke", op, signal, node, endpoint: "172.18.0.3:4317", atMs, items: [item] },
    { k: "complete", op, outcome: "acked", code: 0, message: "", atMs: atMs + 2 },
  ];
}

const receiptLine = ({ item, peer, atMs }: Receipt): object => ({
  k: "receipt",
  signal: item.signal,
  peer,
  protocol: "grpc",
  atMs,
  items: [{ id: item.id, key: item.key, digest: item.digest, node: item.node, run: RUN_ID }],
});

async function writeJournal(
  dir: string,
  source: FetchedJournal["source"],
  lines: readonly object[],
): Promise<FetchedJournal> {
  const path = `${dir}-${source}.ndjson`;
  const boot = createHash("sha256").update(source).digest("hex").slice(0, 8);
  const text = lines.map((line, seq) => JSON.stringify({ seq, boot, ...line })).join("\n");
  await writeFile(path, `${text}\n`);
  const { bytes, lines: count, sha256 } = await measureFile(path);
  return {
    source,
    path,
    manifest: { bytes, lines: count, sha256, boots: [boot] },
    cutAtMs: START_MS + END_MS + 60_000,
  };
}

const gatewayPod = (ip: string): string => `otel-gateway-${ip.replaceAll(".", "-")}`;
const agentPod = (node: string): string => `otel-agent-${node}`;
/** The last scrape. */
const SCRAPED_MS = END_MS + 58_000;

function selfTelemetry(
  sent: readonly Sent[],
  facts: DeploymentFacts,
): HistoryInput["selfTelemetry"] {
  const pod = (name: string, tier: CountedPod["tier"], fromMs: number, toMs: number) => ({
    pod: name,
    tier,
    fromMs: START_MS + fromMs,
    toMs: START_MS + toMs,
  });
  return telemetry(
    [
      ...NODES.map((node) => pod(agentPod(node), "agent", -20_000, SCRAPED_MS)),
      ...[...GATEWAYS, NEW].map((ip) =>
        pod(
          gatewayPod(ip),
          "gateway",
          ip === NEW ? READY_MS : -20_000,
          ip === KILLED ? KILL_MS : SCRAPED_MS,
        ),
      ),
    ],
    [
      ...sent.map(({ node, ...item }) => ({ ...item, pod: agentPod(node) })),
      ...deliver(sent, facts).map(({ item: { signal, key }, peer, atMs }) => ({
        pod: gatewayPod(peer),
        signal,
        key,
        atMs,
      })),
    ],
    (atMs) => ringAt(atMs).endpoints.length,
  );
}

function topology(): TopologyEvent[] {
  const gateway = (ip: string, atMs: number, changes: Partial<TopologyEvent>): TopologyEvent[] => {
    const pod = gatewayPod(ip);
    const base = {
      atMs: START_MS + atMs,
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
  const agents = NODES.map((node, index): TopologyEvent => ({
    atMs: START_MS - 30_000,
    source: "pod",
    change: "added",
    pod: agentPod(node),
    uid: `uid-agent-${node}`,
    tier: "agent",
    ip: `10.244.${String(index + 1)}.2`,
    node,
    ready: true,
    terminating: false,
    restarts: 0,
    disruption: "",
    service: "",
  }));
  return [
    ...agents,
    ...GATEWAYS.flatMap((ip) => gateway(ip, -30_000, {})),
    ...gateway(KILLED, KILL_MS, { change: "deleted", ready: false, terminating: true }),
    ...gateway(NEW, READY_MS, {}),
  ];
}

function faults(): FaultEvent[] {
  const [scheduled] = SCENARIO.faults;
  if (scheduled === undefined) return [];
  const targets = [
    { kind: "pod", name: "otel-gateway-10-244-2-7", uid: "uid-2-7", ip: KILLED },
  ] as const;
  const step = (name: FaultEvent["step"], atMs: number): FaultEvent => ({
    atMs: START_MS + atMs,
    fault: 0,
    spec: scheduled.fault,
    step: name,
    targets,
    proof: name === "proven" ? "the pod's UID is gone, a new UID is ready" : "",
  });
  return [
    step("injecting", KILL_MS - 5),
    step("injected", KILL_MS),
    step("proven", READY_MS),
    step("healed", READY_MS + 1),
  ];
}
