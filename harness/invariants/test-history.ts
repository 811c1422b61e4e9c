/** Histories for tests: a few readable lines become sealed tables, written as those of a real run are. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Means } from "../history/database.js";
import type { History } from "../history/open-history.js";
import { unsealedHistory } from "../history/test-unsealed-history.js";
import { journalsOf as sourcesOf } from "../history/run-facts.js";
import { measureFile } from "../history/seal.js";
import { sealHistory, type FetchedJournal, type HistoryInput } from "../history/write-history.js";
import type { FaultSpec } from "../model/fault.js";
import { REFUSALS } from "../model/behaviour.js";
import { freezeGateway, freezeNode } from "../model/node-faults.js";
import { killGateway, minReplicas } from "../model/pod-faults.js";
import {
  controlPlaneOutage,
  dnsOutage,
  dnsStale,
  troubleBackends,
} from "../model/service-faults.js";
import type { FaultEvent, TopologyEvent } from "../model/history.js";
import { spread, type InvariantSpec } from "../model/invariant.js";
import { scenario, type Scenario } from "../model/scenario.js";
import { BACKEND_OF_SIGNAL, SIGNALS, type Signal } from "../model/signal.js";
import { deploymentFacts, samplingFactsOf } from "../oracle/deployment-facts.js";
import { endpointsOf } from "../oracle/resolver.js";
import { buildRing, ipOf, ownerAt, positionOf, routeKeyOf } from "../oracle/ring.js";
import { sampledByHash } from "../oracle/sampling.js";
import { judge, type Judgement } from "./judge.js";
import {
  AGENTS,
  itemOf,
  renderedYamlOf,
  setsOf,
  USUAL,
  type KeyWish,
  type Send,
  type SentReceipt,
  type Story,
} from "./test-story.js";

export const RUN_ID = "20260101T000000Z-1";
/** Unix ms of second 0 of every story. */
export const START_MS = 1_767_225_600_000;
/** Addresses of the gateways g1 to g5; a story begins with the first three. */
const GATEWAY_IPS: Readonly<Record<string, string>> = {
  g1: "10.244.1.5",
  g2: "10.244.2.7",
  g3: "10.244.3.9",
  g4: "10.244.2.8",
  g5: "10.244.1.6",
  /** A new pod that got the address of g2. */
  "g2-again": "10.244.2.7",
};
/** What a receipt is late by without a time of its own, seconds. */
const USUAL_WAY_S = { traces: 40, metrics: 10, logs: 10 } as const;
/** The same for its record at the audit: half the agent's batch. */
const USUAL_WAY_TO_GATEWAY_S = 1;
const COREFILE = ".:53 {\n  kubernetes cluster.local {\n    ttl 5\n  }\n  cache 30\n}\n";

type Line = { readonly atMs: number } & Readonly<Record<string, unknown>>;

export const atMs = (seconds: number): number => START_MS + Math.round(seconds * 1_000);

/** Trace IDs and service names, by the names that the story gives them: the first that fit, always the same. */
function keysOf(story: Story): Map<string, string> {
  const facts = deploymentFacts(renderedYamlOf(story));
  const { resolver, ring, routing } = facts.agent;
  const policy = samplingFactsOf(facts);
  const sets = setsOf(story).filter((names) => names.length > 0);
  const rings = sets.map((names) => buildRing(endpointsOf(names.map(ipOfGateway), resolver), ring));
  const fits = (signal: Signal, key: string, wanted: KeyWish): boolean => {
    const position = positionOf(routeKeyOf(signal, key, routing.keys[signal]), ring);
    const owners = rings.map((one) => ipOf(ownerAt(one, position)));
    return (
      owners.every((owner, index) => {
        const name = wanted.owners?.[index] ?? wanted.owner;
        const bound =
          name !== undefined && (wanted.owners !== undefined || sets[index]?.includes(name));
        return !bound || owner === ipOfGateway(name);
      }) &&
      (wanted.hash === undefined || sampledByHash(key, policy) === (wanted.hash === "keep"))
    );
  };
  const find = (signal: Signal, name: string, wanted: KeyWish): [string, string] => {
    for (let n = 0; n < 100_000; n++) {
      const text = `${name} ${String(n)}`;
      const key = signal === "metrics" ? `service ${text}` : digestOf(text, 32);
      if (fits(signal, key, wanted)) return [name, key];
    }
    throw new TypeError(`no key fits ${name}`);
  };
  return new Map([
    ...Object.entries(story.traces).map(([name, wanted]) => find("traces", name, wanted)),
    ...Object.entries(story.services).map(([name, wanted]) => find("metrics", name, wanted)),
  ]);
}

const ipOfGateway = (name: string): string => GATEWAY_IPS[name] ?? name;
const digestOf = (text: string, digits: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, digits);

/** Seals the history of a story in `dir`. */
export async function writeStory(dir: string, story: Story): Promise<HistoryInput> {
  await mkdir(dir, { recursive: true });
  const input = await inputOf(dir, story);
  await sealHistory(dir, input);
  return input;
}

/** What the run of a story recorded; its journals are in `dir`. */
async function inputOf(dir: string, story: Story): Promise<HistoryInput> {
  const renderedYaml = renderedYamlOf(story);
  const { service } = deploymentFacts(renderedYaml).agent.resolver;
  return {
    runId: RUN_ID,
    seed: "1",
    scenario: scenarioOf(story),
    agents: ["n1", "n2"].map((node) => ({ node, endpoint: `${node}:4317` })),
    corefile: COREFILE,
    renderedYaml,
    journals: await journalsOf(dir, story),
    topology: topologyOf(story, service),
    faults: faultsOf(story),
    phases: [
      { atMs: atMs(-60), phase: "calibrate" },
      { atMs: atMs(story.load), phase: "load" },
    ],
    selfTelemetry: story.telemetry.map(({ at, pod, ...sample }) => ({
      ...sample,
      pod,
      atMs: atMs(at),
      tier: isAgent(pod) ? "agent" : "gateway",
    })),
    quiesce: { reached: story.record.silent, tookMs: 40_000, lastSeen: "3 requests queued" },
    generatorMaxLagMs: story.record.lagMs,
    topologyGaps: story.record.unwatched.map(({ from, to }) => ({
      fromMs: atMs(from),
      toMs: atMs(to),
    })),
  };
}

function scenarioOf(story: Story): Scenario {
  const { limits, sends, load } = story;
  return scenario({
    name: "story",
    description: "A history that was written by hand.",
    tags: [],
    workload: { signals: SIGNALS.filter((name) => sends.some((s) => itemOf(s).signal === name)) },
    calibration: { minTraces: limits.minTraces },
    faults: specsOf(story).map(({ at, until, fault }) => ({
      at: (at - load) * 1_000,
      ...(until === undefined ? {} : { lasts: (until - at) * 1_000 }),
      fault,
    })),
    load: 1_000_000,
    invariants: invariantsOf(story),
    audit: story.audit,
  });
}

function invariantsOf({ limits, only, also }: Story): InvariantSpec[] {
  const limited: Partial<Record<InvariantSpec["kind"], InvariantSpec>> = {
    "zero-loss": { kind: "zero-loss", explainedBudget: limits.explained },
    duplicates: { kind: "duplicates", limit: limits.duplicates },
  };
  const timed = (kind: "recovery-time" | "freshness" | "no-stall", seconds: number | undefined) =>
    seconds === undefined ? [] : [{ kind, limitMs: seconds * 1_000 }];
  return [
    ...[...(only ?? USUAL), ...also].map((kind) => limited[kind] ?? ({ kind } as InvariantSpec)),
    ...timed("recovery-time", limits.recovery),
    ...timed("freshness", limits.fresh),
    ...timed("no-stall", limits.stall),
    ...(limits.spread === undefined ? [] : [spread({ minTraces: 6, limit: limits.spread })]),
  ];
}

const isNode = (name: string): boolean => /^n\d$/.test(name);

function faultSpecOf({ freezes, minimum }: Story["faults"][number]): FaultSpec {
  if (minimum !== undefined) return minReplicas(minimum);
  if (freezes === undefined) return killGateway({ how: "force-delete", pick: "one" });
  return isNode(freezes) ? freezeNode({ outage: "noticed" }) : freezeGateway({ outage: "noticed" });
}

/** Every fault of a story: first those that strike gateways, then the troubles. */
const specsOf = ({
  faults,
  troubles,
}: Story): { at: number; until?: number | undefined; fault: FaultSpec }[] => [
  ...faults.map((fault) => ({ at: fault.at, until: fault.healed, fault: faultSpecOf(fault) })),
  ...troubles.map((trouble) => ({
    at: trouble.at,
    until: trouble.until,
    fault: troubleOf(trouble),
  })),
];

function troubleOf({ backend, behaviour, dns, api }: Story["troubles"][number]): FaultSpec {
  if (api !== undefined) return controlPlaneOutage();
  if (dns !== undefined) return dns === "outage" ? dnsOutage() : dnsStale();
  if (backend === undefined || behaviour === undefined) {
    throw new TypeError("a trouble needs api, dns, or backend and behaviour");
  }
  return troubleBackends(behaviour, [backend]);
}

const faultsOf = (story: Story): FaultEvent[] => [...strikesOf(story), ...troublesOf(story)];

const troublesOf = ({ faults, troubles }: Story): FaultEvent[] =>
  troubles.flatMap((trouble, index) => {
    const { at, until } = trouble;
    const spec = troubleOf(trouble);
    const event = (step: FaultEvent["step"], seconds: number): FaultEvent => ({
      ...{ atMs: atMs(seconds), fault: faults.length + index, spec, step },
      ...{ targets: [], proof: "as the story says" },
    });
    return [
      event("injecting", at),
      event("injected", at + 0.1),
      event("proven", at + 1),
      ...(until === undefined ? [] : [event("healed", until)]),
    ];
  });

function strikesOf({ faults }: Story): FaultEvent[] {
  return faults.flatMap((scheduled, fault) => {
    const { at, kills, freezes, healed = at + 61, proven } = scheduled;
    const name = kills ?? freezes ?? "nobody";
    const kind = isNode(name) ? ("node" as const) : ("pod" as const);
    const targets = [{ kind, name, uid: `uid-${name}`, ip: ipOfGateway(name) }];
    const spec = faultSpecOf(scheduled);
    const event = (step: FaultEvent["step"], seconds: number, proof = ""): FaultEvent => ({
      ...{ atMs: atMs(seconds), fault, spec, step, targets, proof },
    });
    return [
      event("injecting", at - 0.01),
      event("injected", at),
      proven
        ? event("proven", at + 7, `UID uid-${name} is gone`)
        : event("not-proven", at + 60, `UID uid-${name} is still there`),
      event("healed", healed),
    ];
  });
}

const isAgent = (name: string): boolean => (AGENTS as readonly string[]).includes(name);

function topologyOf({ changes, record }: Story, service: string): TopologyEvent[] {
  const event = (name: string, at: number, over: Partial<TopologyEvent>): TopologyEvent => ({
    atMs: atMs(at),
    source: "pod",
    change: "added",
    pod: name,
    uid: `uid-${name}`,
    tier: isAgent(name) ? "agent" : "gateway",
    ip: ipOfGateway(name),
    node: isAgent(name) ? name.slice(-2) : "n1",
    ready: true,
    terminating: false,
    restarts: 0,
    disruption: record.disruptions ? "" : null,
    service: "",
    ...over,
  });
  const both = (name: string, at: number, over: Partial<TopologyEvent> = {}): TopologyEvent[] => [
    event(name, at, over),
    event(name, at, { source: "endpoint", service, ...over }),
  ];
  const endpointOfGateway = (name: string, at: number, ready: boolean): TopologyEvent =>
    event(name, at, { source: "endpoint", change: "modified", service, ready });
  // The API sets the condition before it deletes the pod.
  const evictionOf = (name: string, at: number): TopologyEvent[] => [
    event(name, at, { change: "modified", disruption: "EvictionByEvictionAPI" }),
    ...both(name, at, { change: "deleted", ready: false }),
  ];
  const restartsUntil = (name: string, at: number): number =>
    changes.filter((change) => change.restarts === name && change.at <= at).length;
  return [
    ...AGENTS.map((name) => event(name, -100, {})),
    ...["g1", "g2", "g3"].flatMap((name) => both(name, -100)),
    ...changes.flatMap(({ at, comes, gone, evicted, dies, restarts, ...change }) => [
      ...(comes === undefined ? [] : both(comes, at)),
      ...(gone === undefined ? [] : both(gone, at, { change: "deleted", ready: false })),
      ...(evicted === undefined ? [] : evictionOf(evicted, at)),
      ...(change.leaves === undefined ? [] : [endpointOfGateway(change.leaves, at, false)]),
      ...(change.returns === undefined ? [] : [endpointOfGateway(change.returns, at, true)]),
      ...(dies === undefined ? [] : [event(dies, at, { change: "deleted", ready: false })]),
      ...(restarts === undefined
        ? []
        : [event(restarts, at, { change: "modified", restarts: restartsUntil(restarts, at) })]),
    ]),
  ];
}

async function journalsOf(dir: string, story: Story): Promise<FetchedJournal[]> {
  const keys = keysOf(story);
  const invokes = story.sends.flatMap((send, index) =>
    operation(send, `op-${String(index)}`, keys),
  );
  const receipts = [
    ...story.sends.flatMap((send) => treatmentsOf(send, keys)),
    ...story.sends.flatMap((send) => receiptsOf(send, keys)),
    ...story.strays.map(({ span, trace, from, at }) =>
      receiptLine("traces", at, from, {
        ...{ id: span, key: keyOf(keys, trace), digest: "00", node: "n1", run: RUN_ID },
      }),
    ),
  ];
  const audited = story.sends.flatMap((send) => auditedOf(send, keys));
  const lastMs = Math.max(...[...invokes, ...receipts, ...audited].map((line) => line.atMs));
  const { cut } = story.record;
  const cutAtMs = cut === undefined ? lastMs + 60_000 : START_MS + cut * 1_000;
  return Promise.all(
    sourcesOf(scenarioOf(story)).map((source) => {
      const linesOf = { generator: invokes, audit: audited };
      const lines =
        source === "generator" || source === "audit"
          ? linesOf[source]
          : receipts.filter(({ signal }) => BACKEND_OF_SIGNAL[signal as Signal] === source);
      return writeJournal(dir, source, lines, { record: story.record, cutAtMs });
    }),
  );
}

function keyOf(keys: ReadonlyMap<string, string>, name: string | undefined): string {
  const key = name === undefined ? undefined : keys.get(name);
  if (key === undefined) throw new TypeError(`the story does not say what ${String(name)} is`);
  return key;
}

function operation(send: Send, op: string, keys: ReadonlyMap<string, string>): Line[] {
  const { signal, id } = itemOf(send);
  const item = { id, key: keyOf(keys, send.trace ?? send.service), digest: digestOf(id, 16) };
  const [startMs, endMs] = [atMs(send.at), atMs(send.at + send.lasts)];
  const span = { ...item, class: send.class, startMs, endMs, error: send.error };
  const { node } = send;
  const invoke = { k: "invoke", op, signal, node, endpoint: `${node}:4317`, atMs: startMs };
  const answer = { k: "complete", op, atMs: startMs + 2, message: "" };
  return [
    { ...invoke, items: [signal === "traces" ? span : item] },
    ...(send.answer === "none"
      ? []
      : [{ ...answer, outcome: send.answer, code: send.answer === "acked" ? 0 : 14 }]),
  ];
}

type Keys = ReadonlyMap<string, string>;

const receiptsOf = (send: Send, keys: Keys): Line[] =>
  receiptLines(send, send.received, USUAL_WAY_S[itemOf(send).signal], keys);

const treatmentsOf = (send: Send, keys: Keys): Line[] =>
  send.treated.map(({ at, from, did, answer, retryAfter }) => {
    const { signal, id } = itemOf(send);
    return {
      ...{ k: "treatment", did, signal, peer: ipOfGateway(from), atMs: atMs(at) },
      code: answer === undefined ? null : REFUSALS[answer],
      retryAfterMs: retryAfter === undefined ? null : retryAfter * 1_000,
      items: [{ id, key: keyOf(keys, send.trace ?? send.service) }],
    };
  });

/** What a backend got a gateway must have got before, at its usual time. */
function auditedOf(send: Send, keys: Keys): Line[] {
  const seen = send.audited ?? send.received.map(({ from }) => ({ from }));
  return receiptLines(send, seen, USUAL_WAY_TO_GATEWAY_S, keys);
}

function receiptLines(
  send: Send,
  receipts: readonly SentReceipt[],
  usualWayS: number,
  keys: Keys,
): Line[] {
  const { signal, id } = itemOf(send);
  return receipts.map(({ from, ...over }: SentReceipt) =>
    receiptLine(signal, over.at ?? send.at + usualWayS, from, {
      id,
      key: keyOf(keys, over.trace ?? send.trace ?? send.service),
      digest: over.digest ?? digestOf(id, 16),
      node: over.node ?? send.node,
      run: over.run ?? RUN_ID,
    }),
  );
}

const receiptLine = (signal: Signal, at: number, from: string, item: object): Line => ({
  ...{ k: "receipt", signal, peer: ipOfGateway(from), protocol: "grpc" },
  atMs: atMs(at),
  items: [item],
});

async function writeJournal(
  dir: string,
  source: FetchedJournal["source"],
  lines: readonly Line[],
  { record, cutAtMs }: { record: Story["record"]; cutAtMs: number },
): Promise<FetchedJournal> {
  const path = join(dir, `${source}.ndjson`);
  const open = { k: "open", source, runId: RUN_ID, atMs: atMs(-100) };
  const restarts =
    record.restarted === source ? [{ ...open, boot: "second", atMs: atMs(-80) }] : [];
  // A line is missing after the first. The others keep the story's order, whatever their times.
  const skip = record.gap === source ? 1 : 0;
  const text = [open, ...restarts, ...lines]
    .map((line, n) => JSON.stringify({ seq: n + (n > 0 ? skip : 0), boot: "first", ...line }))
    .join("\n");
  await writeFile(path, `${text}\n`);
  const measured = await measureFile(path);
  const sha256 = record.altered === source ? "0".repeat(64) : measured.sha256;
  const boots = restarts.length > 0 ? ["first", "second"] : ["first"];
  return { source, path, manifest: { ...measured, sha256, boots }, cutAtMs };
}

/** Judges a story; `look` may query the judged history. `means` are those of its size unless given. */
export async function judgeStory(
  story: Story,
  look: (history: History) => Promise<void> = () => Promise.resolve(),
  means?: Means,
): Promise<Judgement> {
  const dir = await mkdtemp(join(tmpdir(), "chaos-story-"));
  try {
    const history = await unsealedHistory(await inputOf(dir, story), means);
    try {
      const judgement = await judge(history, { strict: story.limits.strict });
      await look(history);
      return judgement;
    } finally {
      await history.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
