import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import grpc from "@grpc/grpc-js";
import { expect } from "chai";
import type { GeneratorLine } from "../model/journal.js";
import type { Journal } from "../observer/journal.js";
import { openJournal } from "../observer/journal.js";
import { encodeResponse } from "../observer/otlp.js";
import type { Outgoing } from "./encode.js";
import type { Sender } from "./sender.js";
import { createSender } from "./sender.js";
import type { Answer, TestSink } from "./test-sink.js";
import { startTestSink } from "./test-sink.js";

type Handler = (answer: Answer, body: Buffer) => void;

describe("the sender", () => {
  let directory: string;
  let journal: Journal;
  let sender: Sender;
  let sink: TestSink;
  let handler: Handler;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sender-"));
    const path = join(directory, "generator.ndjson");
    journal = await openJournal({ path, source: "generator", runId: "r1" });
    sender = createSender({ journal, deadlineMs: 300, windowItems: 2 });
    sink = await startTestSink((_, body, answer) => handler(answer, body));
  });
  afterEach(async () => {
    sender.close();
    sink.close();
    await journal.close();
    await rm(directory, { recursive: true });
  });

  const request = (id = "s1"): Outgoing => ({
    signal: "traces",
    node: "worker1",
    endpoint: sink.endpoint,
    body: Buffer.from(id),
    items: [{ id, key: "t1", digest: "d" }],
  });
  const lines = async () =>
    (await readFile(join(directory, "generator.ndjson"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as GeneratorLine);
  const ok: Handler = (answer) => answer(null, Buffer.alloc(0));
  const failWith =
    (code: grpc.status, details = ""): Handler =>
    (answer) =>
      answer({ code, details });

  it("journals the invocation before the request leaves and the answer after it", async () => {
    let seenByServer: GeneratorLine[] = [];
    handler = (answer) => {
      void lines().then((read) => {
        seenByServer = read;
        answer(null, Buffer.alloc(0));
      });
    };
    expect(await sender.send(request())).to.equal("acked");
    expect(seenByServer.map(({ k }) => k)).to.deep.equal(["open", "invoke"]);
    const [, invoke, complete] = await lines();
    expect(invoke).to.deep.include({ k: "invoke", signal: "traces", node: "worker1" });
    expect(complete).to.include({ k: "complete", outcome: "acked", code: 0 });
    expect(complete).to.have.property("op", (invoke as { op: string }).op);
    expect(sender.counts().acked.traces).to.equal(1);
  });

  const outcomes: [what: string, handler: Handler, outcome: string, code: number][] = [
    ["INVALID_ARGUMENT", failWith(grpc.status.INVALID_ARGUMENT), "refused", 3],
    ["UNIMPLEMENTED", failWith(grpc.status.UNIMPLEMENTED), "refused", 12],
    ["UNAVAILABLE from the agent", failWith(grpc.status.UNAVAILABLE, "busy"), "indeterminate", 14],
    ["RESOURCE_EXHAUSTED", failWith(grpc.status.RESOURCE_EXHAUSTED), "indeterminate", 8],
    ["no answer in time", () => undefined, "indeterminate", 4],
    [
      "a partial success",
      (answer) => answer(null, encodeResponse(1, "one was bad")),
      "indeterminate",
      0,
    ],
    [
      "a warning with nothing rejected",
      (answer) => answer(null, encodeResponse(0, "hm")),
      "acked",
      0,
    ],
    ["an answer it cannot read", (answer) => answer(null, Buffer.from("junk")), "indeterminate", 0],
  ];
  for (const [what, answer, outcome, code] of outcomes) {
    it(`calls ${what} ${outcome}`, async () => {
      handler = answer;
      expect(await sender.send(request())).to.equal(outcome);
      expect((await lines()).at(-1)).to.include({ k: "complete", outcome, code });
    });
  }

  it("calls it refused when no connection was ever made", async () => {
    sink.close();
    await sleep(20);
    expect(await sender.send(request())).to.equal("refused");
    expect((await lines()).at(-1)).to.include({ k: "complete", outcome: "refused", code: 14 });
  });

  it("calls it indeterminate when the connection breaks under the request", async () => {
    handler = () => sink.close();
    expect(await sender.send(request())).to.equal("indeterminate");
  });

  it("sends each request once, whatever the answer", async () => {
    let calls = 0;
    handler = (answer) => {
      calls += 1;
      answer({ code: grpc.status.UNAVAILABLE });
    };
    await sender.send(request());
    await sleep(100);
    expect(calls).to.equal(1);
  });

  it("keeps no more in flight than its window, and sends the rest in order", async () => {
    let inFlight = 0;
    let most = 0;
    const order: string[] = [];
    handler = (answer, body) => {
      order.push(body.toString());
      most = Math.max(most, ++inFlight);
      setTimeout(() => {
        inFlight -= 1;
        answer(null, Buffer.alloc(0));
      }, 10);
    };
    const ids = ["a", "b", "c", "d", "e", "f"];
    const sends: Promise<unknown>[] = [];
    for (const id of ids) {
      await sender.room();
      sends.push(sender.send(request(id)));
    }
    await Promise.all(sends);
    expect(most).to.equal(2);
    expect(order).to.deep.equal(ids);
    expect(sender.counts().operations).to.deep.equal({
      acked: 6,
      refused: 0,
      indeterminate: 0,
      inFlight: 0,
    });
  });

  it("counts attempted items of what was not acknowledged", async () => {
    handler = failWith(grpc.status.UNAVAILABLE);
    await sender.send(request());
    handler = ok;
    await sender.send(request("s2"));
    expect(sender.counts()).to.deep.include({
      attempted: { traces: 2, metrics: 0, logs: 0 },
      acked: { traces: 1, metrics: 0, logs: 0 },
    });
  });
});
