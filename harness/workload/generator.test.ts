/** The generator against two stand-ins for agents, in this process. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { GeneratorLine, InvokeLine, SentItem } from "../model/journal.js";
import type { GeneratorStatus, LoadOrder } from "../model/observer-api.js";
import { itemsOf } from "../observer/items.js";
import type { Generator } from "./generator.js";
import { startGenerator } from "./generator.js";
import { planSummary } from "./plan-summary.js";
import { testOrder } from "./test-order.js";
import type { TestSink } from "./test-sink.js";
import { startTestSink } from "./test-sink.js";

describe("the generator", () => {
  let directory: string;
  let generator: Generator;
  let sinks: TestSink[];
  let received: SentItem[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "generator-"));
    received = [];
    const start = () =>
      startTestSink((signal, body, answer) => {
        received.push(...itemsOf(signal, body));
        answer(null, Buffer.alloc(0));
      });
    sinks = [await start(), await start()];
    generator = await startGenerator({
      runId: "r1",
      journalPath: join(directory, "generator.ndjson"),
      host: "127.0.0.1",
      controlPort: 0,
      onFatal: (error) => {
        throw error;
      },
    });
  });
  afterEach(async () => {
    await generator.close();
    for (const sink of sinks) sink.close();
    await rm(directory, { recursive: true });
  });

  /** An order whose first second has no long trace, which would take six seconds more, or has one. */
  const order = (durationMs = 1_000, hasLong = false): LoadOrder => {
    const base = testOrder();
    const agents = sinks.map(({ endpoint }, n) => ({ node: `n${n}`, endpoint }));
    const workload = { ...base.workload, spreadTraceOverMs: 200 };
    for (let seed = 0; ; seed++) {
      const candidate = { ...base, workload, agents, seed: String(seed) };
      if (planSummary({ ...candidate, durationMs: 1_000 }).traces.long > 0 === hasLong) {
        return { ...candidate, durationMs };
      }
    }
  };
  const post = (path: string, body?: unknown) =>
    fetch(`http://127.0.0.1:${generator.controlPort}${path}`, {
      method: "POST",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const until = async (state: GeneratorStatus["state"]) => {
    const deadlineMs = Date.now() + 10_000;
    while (generator.status().state !== state) {
      if (Date.now() > deadlineMs) throw new Error(JSON.stringify(generator.status()));
      await sleep(20);
    }
  };
  const invokes = async () =>
    (await readFile(join(directory, "generator.ndjson"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as GeneratorLine)
      .filter((line): line is InvokeLine => line.k === "invoke");
  const names = (items: readonly SentItem[]) =>
    items.map(({ id, key, digest }) => `${id} ${key} ${digest}`).sort();

  it("sends what it planned, and what arrives is what its journal says", async () => {
    expect(generator.status().state).to.equal("idle");
    expect((await post("/load", order())).status).to.equal(202);
    expect((await post("/load", order())).status).to.equal(409);
    await until("sending");
    await until("draining");
    await until("done");
    const sent = (await invokes()).flatMap(({ items }) => items);
    expect(names(received)).to.deep.equal(names(sent));
    const status = generator.status();
    expect(status.startedTraces).to.equal(20);
    expect(status.attempted).to.deep.equal({ traces: 120, metrics: 30, logs: 50 });
    expect(status.acked).to.deep.equal(status.attempted);
    expect(status.maxLagMs).to.be.within(0, 1_000);
  });

  it("begins nothing after /stop and finishes what has begun", async () => {
    await post("/load", order(60_000));
    await sleep(400);
    expect((await post("/stop")).status).to.equal(202);
    await until("done");
    const { startedTraces, attempted } = generator.status();
    expect(startedTraces).to.be.within(1, 19);
    expect(attempted.traces).to.equal(startedTraces * 6);
  });

  it("sends a surge beside the load, from its own stream, and ends it alone", async () => {
    const surge = { stream: "surge-0", tracesPerSecond: 100, durationMs: 60_000 };
    expect((await post("/surge", surge)).status).to.equal(409);
    await post("/load", order(60_000));
    await sleep(400);
    const before = generator.status();
    expect((await post("/surge", surge)).status).to.equal(202);
    const begunMs = Date.now();
    const begun = () => generator.status().startedTraces - before.startedTraces;
    while (begun() < 100 && Date.now() < begunMs + 10_000) await sleep(20);
    // At 20 + 100 traces/s, however late a busy host makes them; the load alone would take five seconds.
    expect(Date.now() - begunMs).to.be.below(4_000);
    await post("/surge/stop");
    const { startedTraces } = generator.status();
    await sleep(600);
    // The load alone, at 20 traces/s, and the tick that was under way: the surge would add 60.
    expect(generator.status().startedTraces - startedTraces).to.be.within(1, 60);
    expect(generator.status().state).to.equal("sending");
    await post("/stop");
    await until("done");
    const traces = new Set((await invokes()).flatMap(({ items }) => items.map(({ key }) => key)));
    expect(traces.size).to.be.at.least(generator.status().startedTraces);
    expect(names(received)).to.deep.equal(names((await invokes()).flatMap(({ items }) => items)));
  });

  it("sends a surge through the agents that it names alone, and refuses one that the load has not", async () => {
    await post("/load", order(60_000));
    const surge = { stream: "surge-0", tracesPerSecond: 100, durationMs: 200, nodes: ["n1"] };
    const strange = await post("/surge", { ...surge, nodes: ["n9"] });
    expect([strange.status, await strange.text()].join()).to.contain("no agent on n9");
    expect((await post("/surge", surge)).status).to.equal(202);
    await sleep(600);
    await post("/stop");
    await until("done");
    const nodesOf = new Map<string, Set<string>>();
    for (const { node, items, signal } of await invokes()) {
      for (const { key } of signal === "traces" ? items : []) {
        nodesOf.set(key, (nodesOf.get(key) ?? new Set()).add(node));
      }
    }
    const alone = [...nodesOf.values()].filter(({ size }) => size === 1);
    // A trace of the load goes through two agents.
    expect(alone).to.have.length(20);
    expect(alone.every((nodes) => nodes.has("n1"))).to.equal(true);
  });

  it("refuses a surge that lacks something, and says what", async () => {
    await post("/load", order(60_000));
    const response = await post("/surge", { stream: "No!", durationMs: 1 });
    expect(response.status).to.equal(400);
    expect(await response.text()).to.contain("tracesPerSecond");
    await post("/stop");
    await until("done");
  });

  it("does not wait after /stop for the late spans of long traces", async () => {
    await post("/load", order(60_000, true));
    await sleep(1_500);
    await post("/stop");
    await until("done");
    const { startedTraces, attempted } = generator.status();
    const sent = (await invokes()).flatMap(({ items }) => items);
    const long = new Set(sent.filter((item) => item.class === "long").map(({ key }) => key)).size;
    expect(long).to.be.greaterThan(0);
    expect(attempted.traces).to.equal(startedTraces * 6 - long);
  });

  it("sends on time although an agent cannot be reached", async () => {
    const planned = order(600);
    const agents = planned.agents.map((agent, n) =>
      n === 0 ? { ...agent, endpoint: "127.0.0.1:9" } : agent,
    );
    await post("/load", { ...planned, agents });
    await until("done");
    expect(new Set((await invokes()).map(({ node }) => node))).to.deep.equal(new Set(["n0", "n1"]));
    const { maxLagMs, operations } = generator.status();
    // An attempt that is waited for takes longer than that, a busy host does not.
    expect(maxLagMs).to.be.below(2_000);
    expect(operations.refused).to.be.greaterThan(0);
    expect(operations.acked).to.be.greaterThan(0);
  });

  it("refuses an order that lacks something, and says what", async () => {
    const { agents, ...rest } = order();
    const response = await post("/load", { ...rest, agents: agents.slice(0, 1) });
    expect(response.status).to.equal(400);
    expect(await response.text()).to.contain("a trace needs two agents");
    expect(generator.status().state).to.equal("idle");
  });
});
