/** The workload generator: takes a load order, sends its plan on time, with surges beside it, keeps the journal. */
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { HarnessError, messageOf } from "../model/errors.js";
import type { GeneratorStatus, LoadOrder } from "../model/observer-api.js";
import { nowMs } from "../observer/clock.js";
import { startControlServer } from "../observer/control-server.js";
import { openJournal } from "../observer/journal.js";
import { createEncoder } from "./encode.js";
import { parseLoadOrder, parseSurge } from "./load-order.js";
import type { PlannedSpan } from "./plan-trace.js";
import { planLoad, TICK_MS } from "./plan.js";
import type { Sender } from "./sender.js";
import { createSender } from "./sender.js";

export interface Generator {
  readonly controlPort: number;
  readonly boot: string;
  readonly tornBytes: number;
  status(): GeneratorStatus;
  /** Ends the journal at once; what is in flight stays without an answer. */
  close(): Promise<void>;
}

const DEADLINE_MS = 10_000;
/** Ten seconds, the deadline, of 10,000 items/s: about 60 MB. */
const WINDOW_ITEMS = 100_000;

/** Starts the control server on `host:controlPort` (0 = any). It idles until an order comes. */
export async function startGenerator(options: {
  runId: string;
  journalPath: string;
  host: string;
  controlPort: number;
  /** An error that ends the process: the journal cannot be written. */
  onFatal: (error: unknown) => void;
}): Promise<Generator> {
  const { runId, journalPath, host, controlPort, onFatal } = options;
  const journal = await openJournal({ path: journalPath, source: "generator", runId });
  const sender = createSender({ journal, deadlineMs: DEADLINE_MS, windowItems: WINDOW_ITEMS });
  let load: Load | undefined;
  let surges: Load[] = [];
  let closing = false;

  const status = (): GeneratorStatus => {
    const all = load === undefined ? [] : [load, ...surges];
    return {
      boot: journal.boot,
      state: stateOf(all),
      startedTraces: all.reduce((sum, { startedTraces }) => sum + startedTraces, 0),
      ...sender.counts(),
      maxLagMs: Math.max(0, ...all.map(({ maxLagMs }) => maxLagMs)),
    };
  };
  const begin = (order: LoadOrder): Load => {
    const begun = new Load(order, sender);
    begun.run().catch((error: unknown) => {
      if (!closing) onFatal(error);
    });
    return begun;
  };
  const control = await startControlServer({
    host,
    port: controlPort,
    journal,
    status,
    routes: {
      "POST /load": (body) => {
        const order = parseLoadOrder(body);
        if (!["idle", "done"].includes(status().state)) {
          return Promise.resolve({ code: 409, answer: { error: "a load is running" } });
        }
        load = begin(order);
        surges = [];
        return Promise.resolve({ code: 202 });
      },
      "POST /surge": (body) => {
        if (load?.state !== "sending") {
          return Promise.resolve({ code: 409, answer: { error: "no load is being sent" } });
        }
        surges.push(begin(parseSurge(body, load.order)));
        return Promise.resolve({ code: 202 });
      },
      "POST /surge/stop": () => {
        for (const surge of surges) surge.stop();
        return Promise.resolve({ code: 202 });
      },
      "POST /stop": () => {
        for (const one of [load, ...surges]) one?.stop();
        return Promise.resolve({ code: 202 });
      },
    },
  });
  return {
    controlPort: control.port,
    boot: journal.boot,
    tornBytes: journal.tornBytes,
    status,
    close: async () => {
      closing = true;
      control.close();
      await journal.close();
      sender.close();
    },
  };
}

const YIELD_EVERY_MS = 5;
/** The last span of a trace may leave some ticks after all others. */
const LAST_TICKS_MS = 3 * TICK_MS;

/** Of all loads together: that of the one with the most left to do. */
const stateOf = (loads: readonly Load[]): GeneratorStatus["state"] =>
  (["sending", "draining", "done"] as const).find((state) =>
    loads.some((load) => load.state === state),
  ) ?? "idle";

/** One order being carried out. */
class Load {
  /** What planned times count from. */
  readonly epochMs = Math.ceil(nowMs());
  startedTraces = 0;
  maxLagMs = 0;
  readonly order: LoadOrder;
  readonly #sender: Sender;
  #untilMs: number;
  /** Nothing that is due later leaves. */
  #lastDueMs = Infinity;
  #done = false;
  #yieldedMs = 0;

  constructor(order: LoadOrder, sender: Sender) {
    this.order = order;
    this.#sender = sender;
    this.#untilMs = order.durationMs;
  }

  get state(): "sending" | "draining" | "done" {
    if (this.#done) return "done";
    return nowMs() < this.epochMs + this.#untilMs ? "sending" : "draining";
  }

  /** Nothing new begins; ordinary traces are finished, late spans of long ones stay unsent. */
  stop(): void {
    this.#untilMs = Math.min(this.#untilMs, Math.max(0, nowMs() - this.epochMs));
    this.#lastDueMs = this.#untilMs + this.order.workload.spreadTraceOverMs + LAST_TICKS_MS;
  }

  /**
   * Resolves when every operation has its answer. Requests leave on time, whatever became of
   * earlier ones.
   */
  async run(): Promise<void> {
    const encode = createEncoder(this.order, this.epochMs);
    const open = new Set<Promise<unknown>>();
    let failed: HarnessError | undefined;
    for (const request of planLoad(this.order, () => this.#untilMs)) {
      if (request.atMs > this.#lastDueMs) break;
      await this.#sender.room();
      const outgoing = encode(request);
      const dueMs = this.epochMs + request.atMs;
      await this.#sleepUntil(dueMs);
      if (failed) throw failed;
      if (request.signal === "traces") this.startedTraces += rootsIn(request.items);
      const operation = this.#sender
        .send(outgoing, () => this.#noteLag(nowMs() - dueMs))
        .catch((error: unknown) => {
          failed = new HarnessError(messageOf(error), { cause: error });
        })
        .finally(() => open.delete(operation));
      open.add(operation);
    }
    await Promise.all(open);
    if (failed) throw failed;
    this.#done = true;
  }

  /**
   * A load that is late must still let sockets, journal and the load beside it work, but not after each request: one of
   * many small requests would fall ever further behind one of few large ones.
   */
  async #sleepUntil(unixMs: number): Promise<void> {
    const beforeMs = nowMs();
    if (unixMs > beforeMs) await sleep(unixMs - beforeMs);
    else if (beforeMs - this.#yieldedMs >= YIELD_EVERY_MS) await setImmediate();
    else return;
    this.#yieldedMs = nowMs();
  }

  #noteLag(lagMs: number): void {
    this.maxLagMs = Math.max(this.maxLagMs, lagMs);
  }
}

const rootsIn = (spans: readonly PlannedSpan[]): number =>
  spans.filter((span) => span.parentSpanId === undefined).length;
