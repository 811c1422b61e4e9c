/**
 * The simulation behind the sample run: 50 traces a second through three gateways, one of which
 * dies.
 */
import { balances, type Accounting } from "../model/accounting.js";
import { random, type Random } from "../model/random.js";
import type { RunRecord } from "../model/run-record.js";
import type { Signal, TraceClass } from "../model/signal.js";
import type {
  GatewaySet,
  LostGroup,
  LostGroupItem,
  PodLife,
  ReportSeries,
  TraceOutcome,
} from "./series.js";

export const START_MS = Date.UTC(2026, 10, 25, 5, 2, 21);
/** Calibration is 22 s of load, the rest follows the fault. */
const LOAD_S = 82;
const BUCKETS = 140;
export const KILL_MS = START_MS + 32_000;
export const READY_MS = KILL_MS + 9_400;
export const RULE_MEMORY =
  "dead gateway's tail-sampling memory (opentelemetry-collector-contrib#26490)";
export const RULE_TRANSPORT =
  "sub-exporter queue of a removed endpoint (opentelemetry-collector-contrib#35378)";
const NODES = ["chaos-worker", "chaos-worker2", "chaos-worker3"] as const;

export interface Simulation {
  readonly series: ReportSeries;
  readonly accounting: RunRecord["accounting"];
  readonly losses: RunRecord["losses"];
  readonly gateways: readonly string[];
}

/** Spans wait for the sampling decision, all wait for batches. */
export const DELIVERY: ReportSeries["delivery"] = {
  traces: { items: 34_000, p50Ms: 34_200, p99Ms: 41_800 },
  metrics: { items: 3_900, p50Ms: 5_100, p99Ms: 9_900 },
  logs: { items: 7_800, p50Ms: 5_000, p99Ms: 9_900 },
};

const LOGS: ReportSeries["logs"]["shown"] = [
  {
    atMs: START_MS + 5_100,
    pod: "otel-agent-4kq2v",
    text: "warn\tfailed to resolve <b>a host</b>",
  },
  { atMs: START_MS + 5_200, pod: "otel-agent-8tbnc", text: 'error\tDropping data\t{"spans": 12}' },
];

interface Loss {
  readonly place: "gateway-tail-sampling" | "agent-to-gateway" | "gateway-batch" | "unknown";
  readonly rule: string | null;
}

export function simulate(options: { deadPod: string; plantUnexplained: boolean }): Simulation {
  const gateways = [
    options.deadPod,
    "otel-gateway-5d9c7b6f4-q7wzt",
    "otel-gateway-5d9c7b6f4-zl4mn",
    "otel-gateway-5d9c7b6f4-9hv6d",
  ];
  const rng = random(42n);
  const books = {
    traces: new Book("traces", gateways),
    metrics: new Book("metrics", gateways),
    logs: new Book("logs", gateways),
  };
  simulateTraces(books.traces, rng.stream("traces"), gateways, options.plantUnexplained);
  simulatePoints(books.metrics, rng.stream("metrics"), 50, gateways);
  simulatePoints(books.logs, rng.stream("logs"), 100, gateways);
  const groups = books.traces.groups;
  return {
    gateways,
    accounting: {
      traces: books.traces.accounting(),
      metrics: books.metrics.accounting(),
      logs: books.logs.accounting(),
    },
    losses: [books.traces, books.metrics, books.logs].flatMap((book) => book.losses()),
    series: {
      startMs: START_MS,
      bucketMs: 1_000,
      buckets: BUCKETS,
      signals: [books.traces.series(), books.metrics.series(), books.logs.series()],
      delivery: DELIVERY,
      gatewaySets: gatewaySets(gateways),
      pods: pods(gateways),
      traces: [...books.traces.outcomes].map(([outcome, marks]) => ({
        outcome,
        total: marks.sentMs.length,
        ...marks,
      })),
      lost: { total: groups.length, shown: groups.slice(0, 300) },
      logs: { total: LOGS.length + 3, shown: LOGS },
      renderedYaml: "kind: Namespace\nmetadata:\n  name: observability # <b>\n",
    },
  };
}

const CLASSES: readonly TraceClass[] = [
  "hash-kept",
  "hash-kept",
  "hash-dropped",
  "error-all",
  "error-last",
  "slow-union",
];

function simulateTraces(
  book: Book,
  rng: Random,
  gateways: readonly string[],
  plantUnexplained: boolean,
): void {
  let planted = !plantUnexplained;
  for (let n = 0; n < LOAD_S * 50; n++) {
    const startMs = START_MS + n * 20;
    const traceClass = rng.pick(CLASSES);
    const traceId = rng.hex(16);
    const position = rng.below(36_000);
    const owner = ((Math.floor(position / 120) * 7919) % 101) % 3;
    const items: LostGroupItem[] = [];
    const decidedMs = startMs + 31_000;
    for (let span = 0; span < 10; span++) {
      const sentMs = startMs + span * 400;
      const heir = owner === 0 && sentMs >= KILL_MS + 1_200 ? 3 : owner;
      let loss: Loss | undefined;
      if (traceClass !== "hash-dropped") loss = lossOf(owner, sentMs, decidedMs);
      if (!planted && n === 200 && span === 3) {
        loss = { place: "unknown", rule: null };
        planted = true;
      }
      const arrivesMs = Math.ceil((decidedMs + rng.below(400)) / 10_000) * 10_000 + 40 * heir;
      const receipts = [{ atMs: arrivesMs, gateway: gateways[heir] ?? "" }];
      const kept = traceClass !== "hash-dropped";
      book.send(sentMs, rng, kept, loss, kept && loss === undefined ? receipts : []);
      items.push({
        id: rng.hex(8),
        lastedMs: 120,
        error: traceClass === "error-all" || (traceClass === "error-last" && span === 9),
        sends: [
          {
            sentMs,
            answeredMs: sentMs + 1 + rng.float() * 3,
            outcome: "acked",
            node: NODES[(n + span) % 3] ?? "",
          },
        ],
        reached: [],
        receipts: kept && loss === undefined ? receipts : [],
        lost: loss !== undefined,
        place: loss?.place ?? null,
        rule: loss?.rule ?? null,
      });
    }
    book.group(traceId, traceClass, gateways[owner] ?? "", items);
    book.outcome(startMs, position, outcomeOf(traceClass, items));
  }
}

function outcomeOf(traceClass: TraceClass, items: readonly LostGroupItem[]): TraceOutcome {
  const lost = items.filter((item) => item.lost);
  if (lost.some(({ rule }) => rule === null)) return "lost, unexplained";
  if (lost.length > 0) return "lost, explained";
  return traceClass === "hash-dropped" ? "sampled out" : "delivered";
}

/** Everything that gateway 0 remembers dies with it; for 1.2 s more agents still send to it. */
function lossOf(owner: number, sentMs: number, decidedMs: number): Loss | undefined {
  if (owner !== 0 || decidedMs < KILL_MS) return undefined;
  if (sentMs < KILL_MS) return { place: "gateway-tail-sampling", rule: RULE_MEMORY };
  if (sentMs < KILL_MS + 1_200) return { place: "agent-to-gateway", rule: RULE_TRANSPORT };
  return undefined;
}

function simulatePoints(
  book: Book,
  rng: Random,
  perSecond: number,
  gateways: readonly string[],
): void {
  for (let n = 0; n < LOAD_S * perSecond; n++) {
    const sentMs = START_MS + (n * 1_000) / perSecond;
    const owner = rng.below(3);
    const heir = owner === 0 && sentMs > KILL_MS ? 3 : owner;
    const lost = owner === 0 && sentMs > KILL_MS - 6_000 && sentMs < KILL_MS;
    const loss: Loss | undefined = lost
      ? { place: "gateway-batch", rule: "dead gateway's batch" }
      : undefined;
    const atMs = Math.ceil(sentMs / 10_000) * 10_000 + 70 * heir;
    book.send(sentMs, rng, true, loss, lost ? [] : [{ atMs, gateway: gateways[heir] ?? "" }]);
  }
}

/** Counts one signal. */
class Book {
  readonly groups: LostGroup[] = [];
  readonly outcomes = new Map<TraceOutcome, { sentMs: number[]; positions: number[] }>();
  readonly #sent = zeros();
  readonly #explained = zeros();
  readonly #unexplained = zeros();
  readonly #received: Map<string, number[]>;
  readonly #losses = new Map<string, RunRecord["losses"][number]>();
  #sampledOut = 0;
  #delivered = 0;

  constructor(
    readonly signal: Signal,
    gateways: readonly string[],
  ) {
    this.#received = new Map(gateways.map((gateway) => [gateway, zeros()]));
  }

  send(
    sentMs: number,
    rng: Random,
    kept: boolean,
    loss: Loss | undefined,
    receipts: LostGroupItem["receipts"],
  ): void {
    bump(this.#sent, sentMs);
    if (loss !== undefined) this.#lose(sentMs, loss, rng.hex(8));
    else if (kept) this.#delivered++;
    else this.#sampledOut++;
    for (const { atMs, gateway } of receipts) bump(this.#received.get(gateway) ?? [], atMs);
  }

  outcome(sentMs: number, position: number, outcome: TraceOutcome): void {
    const marks = this.outcomes.get(outcome) ?? { sentMs: [], positions: [] };
    marks.sentMs.push(sentMs);
    marks.positions.push(position);
    this.outcomes.set(outcome, marks);
  }

  group(key: string, traceClass: string, owner: string, items: LostGroupItem[]): void {
    const lostItems = items.filter((item) => item.lost).length;
    if (lostItems === 0) return;
    const entry: LostGroup = {
      signal: this.signal,
      key,
      class: traceClass,
      lostItems,
      owners: [owner],
      items,
      totalItems: items.length,
    };
    if (items.some((item) => item.lost && item.rule === null)) this.groups.unshift(entry);
    else this.groups.push(entry);
  }

  #lose(sentMs: number, { place, rule }: Loss, example: string): void {
    bump(rule === null ? this.#unexplained : this.#explained, sentMs);
    const key = `${place} ${String(rule)}`;
    const before = this.#losses.get(key);
    const items = (before?.items ?? 0) + 1;
    this.#losses.set(key, {
      signal: this.signal,
      place,
      rule,
      seen: false,
      items,
      traces: Math.ceil(items / 10),
      firstSentMs: Math.min(before?.firstSentMs ?? sentMs, sentMs),
      lastSentMs: Math.max(before?.lastSentMs ?? sentMs, sentMs),
      fault: rule === null ? null : 0,
      example: before?.example ?? example,
    });
  }

  losses(): RunRecord["losses"] {
    return [...this.#losses.values()];
  }

  accounting(): Accounting {
    const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
    const lostExplained = sum(this.#explained);
    const lostUnexplained = sum(this.#unexplained);
    const sent = sum(this.#sent);
    const columns = {
      attempted: sent,
      acked: sent,
      refused: 0,
      indeterminate: 0,
      delivered: this.#delivered,
      lostExplained,
      lostUnexplained,
      sampledOut: this.#sampledOut,
      leaked: 0,
      undecidable: 0,
      undecidableReceived: 0,
      recovered: 0,
      received: this.#delivered,
      duplicated: 0,
      unexpected: 0,
      torn: this.signal === "traces" ? 9 : 0,
      misrouted: 0,
      transitional: 0,
      stale: 0,
    };
    return { ...columns, balances: balances(columns) };
  }

  series(): ReportSeries["signals"][number] {
    const wait = this.signal === "traces" ? 34_000 : 5_000;
    const answered = (value: number): (number | null)[] =>
      this.#sent.map((count, second) => (count === 0 ? null : value + ((second * 7) % 5) / 10));
    return {
      signal: this.signal,
      sent: this.#sent,
      acked: this.#sent,
      received: [...this.#received].map(([gateway, counts]) => ({ gateway, counts })),
      lostExplained: this.#explained,
      lostUnexplained: this.#unexplained,
      ackP50Ms: answered(1.4),
      ackP99Ms: answered(4.2).map((ms, second) =>
        ms !== null && second >= 32 && second < 36 ? ms * 9 : ms,
      ),
      deliveryP50Ms: answered(wait),
      deliveryP99Ms: answered(wait + 7_000),
    };
  }
}

const zeros = (): number[] => new Array<number>(BUCKETS).fill(0);

function bump(counts: number[], atMs: number): void {
  const bucket = Math.floor((atMs - START_MS) / 1_000);
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

function gatewaySets(gateways: readonly string[]): readonly GatewaySet[] {
  const [dead, second, third, fresh] = gateways as [string, string, string, string];
  return [
    { atMs: START_MS - 4_000, gateways: [dead, second, third] },
    { atMs: KILL_MS + 300, gateways: [second, third] },
    { atMs: READY_MS, gateways: [second, third, fresh] },
  ];
}

function pods(gateways: readonly string[]): readonly PodLife[] {
  const endMs = START_MS + BUCKETS * 1_000;
  const life = (pod: string, index: number, tier: PodLife["tier"], fromMs: number): PodLife => ({
    pod,
    uid: `0b7e6c1e-6d0f-4a52-9d0a-00000000000${String(index)}`,
    tier,
    node: NODES[index % 3] ?? "",
    ip: `10.244.${String(1 + (index % 3))}.${String(4 + index)}`,
    states: [
      { atMs: fromMs, state: "not-ready" },
      { atMs: fromMs + 5_200, state: "ready" },
    ],
    endMs,
    deleted: false,
    restarts: 0,
  });
  const [dead, ...others] = gateways.map((pod, index) =>
    life(pod, index, "gateway", index === 3 ? KILL_MS + 4_200 : START_MS - 30_000),
  );
  const agents = NODES.map((_, index) =>
    life(
      `otel-agent-${["4kq2v", "8tbnc", "xw6rj"][index] ?? ""}`,
      index,
      "agent",
      START_MS - 31_000,
    ),
  );
  return [
    ...(dead === undefined ? [] : [{ ...dead, endMs: KILL_MS + 300, deleted: true }]),
    ...others,
    ...agents,
  ];
}
