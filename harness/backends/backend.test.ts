import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import grpc from "@grpc/grpc-js";
import { expect } from "chai";
import type { BackendBehaviour } from "../model/behaviour.js";
import type { BackendLine, ReceiptLine } from "../model/journal.js";
import type { Signal } from "../model/signal.js";
import { encodeRequest } from "../observer/otlp.js";
import { exportMethod } from "../observer/otlp-service.js";
import type { Backend } from "./backend.js";
import { startBackend } from "./backend.js";
import { addressOf, plainAddress } from "./receiver.js";

const GZIP = { "grpc.default_compression_algorithm": grpc.compressionAlgorithms.gzip };

/** A trace request of `count` spans whose IDs count from `from`; `padding` bytes are added to each. */
function spans(count: number, from = 0, padding = 0): Buffer {
  const attributes = [{ key: "padding", value: { stringValue: "x".repeat(padding) } }];
  const list = Array.from({ length: count }, (_, i) => ({
    traceId: Buffer.alloc(16, 7),
    spanId: Buffer.from((from + i).toString(16).padStart(16, "0"), "hex"),
    attributes,
  }));
  return encodeRequest("traces", { resourceSpans: [{ scopeSpans: [{ spans: list }] }] });
}

describe("a backend", () => {
  let directory: string;
  let backend: Backend;
  let client: grpc.Client;
  let logged: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "backend-"));
    logged = [];
    backend = await startBackend({
      name: "tempo",
      runId: "r1",
      journalPath: join(directory, "tempo.ndjson"),
      host: "127.0.0.1",
      ports: { grpc: 0, http: 0, control: 0 },
      log: (text) => logged.push(text),
    });
    client = connect();
  });
  afterEach(async () => {
    client.close();
    await backend.close();
    await rm(directory, { recursive: true });
  });

  const connect = (options: grpc.ChannelOptions = {}) =>
    new grpc.Client(`127.0.0.1:${backend.ports.grpc}`, grpc.credentials.createInsecure(), options);
  const send = (body: Buffer, signal: Signal = "traces", through = client) =>
    new Promise<Buffer>((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = exportMethod(signal);
      const deadline = Date.now() + 5_000;
      through.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        body,
        new grpc.Metadata(),
        { deadline },
        (error, response) => (error ? reject(error) : resolve(response!)),
      );
    });
  const post = (path: string, body: Buffer, headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${backend.ports.http}${path}`, { method: "POST", body, headers });
  const behave = (behaviour: unknown) =>
    fetch(`http://127.0.0.1:${backend.ports.control}/behaviour`, {
      method: "PUT",
      body: JSON.stringify(behaviour),
    });
  const journal = async () =>
    (await readFile(join(directory, "tempo.ndjson"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as BackendLine);
  const receipts = async () =>
    (await journal()).filter((line): line is ReceiptLine => line.k === "receipt");

  /** The numbers of the spans in each receipt. */
  const stored = async () =>
    (await receipts()).map(({ items }) => items.map(({ id }) => parseInt(id, 16)));
  /** What was done to which span: `withheld 3`. */
  const misdeeds = async () =>
    (await journal()).flatMap((line) =>
      line.k === "misbehaviour"
        ? line.items.map(({ id }) => `${line.did} ${parseInt(id, 16)}`)
        : [],
    );

  it("has the receipt in its journal when the answer is there", async () => {
    expect((await send(spans(2))).length).to.equal(0);
    const [receipt] = await receipts();
    expect(receipt).to.include({ signal: "traces", peer: "127.0.0.1", protocol: "grpc" });
    expect(receipt!.items.map(({ id }) => id)).to.deep.equal([
      "0000000000000000",
      "0000000000000001",
    ]);
    expect(backend.status().received).to.deep.equal({ traces: 2, metrics: 0, logs: 0 });
    expect(backend.status().lastReceiptMs).to.be.closeTo(Date.now(), 2_000);
  });

  it("takes gzip, and requests far above gRPC's default limit of 4 MiB", async () => {
    const zipping = connect(GZIP);
    await send(spans(300, 0, 20_000), "traces", zipping);
    await send(spans(300, 300, 60_000));
    zipping.close();
    expect((await receipts()).flatMap(({ items }) => items).length).to.equal(600);
  });

  it("sees the address that a peer sends from", async () => {
    const { default: http } = await import("node:http");
    const port = backend.ports.http;
    const options = { host: "127.0.0.1", port, localAddress: "127.0.0.77", path: "/v1/traces" };
    const headers = { "content-type": "application/x-protobuf" };
    const code = await new Promise((resolve, reject) => {
      const request = http.request({ ...options, method: "POST", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.once("error", reject);
      request.end(spans(1));
    });
    expect(code).to.equal(200);
    expect((await receipts())[0]).to.include({ peer: "127.0.0.77", protocol: "http" });
  });

  it("takes OTLP/HTTP, plain and gzip, and refuses what it cannot read", async () => {
    const type = { "content-type": "application/x-protobuf" };
    const gzip = { ...type, "content-encoding": "gzip" };
    expect((await post("/v1/traces", spans(1), type)).status).to.equal(200);
    expect((await post("/v1/traces", gzipSync(spans(1, 1)), gzip)).status).to.equal(200);
    expect((await post("/v1/traces", Buffer.from("nonsense"), type)).status).to.equal(400);
    expect((await post("/v1/traces", Buffer.from("nonsense"), gzip)).status).to.equal(400);
    expect((await post("/v1/none", spans(1), type)).status).to.equal(404);
    const json = { "content-type": "application/json" };
    expect((await post("/v1/traces", Buffer.from("{}"), json)).status).to.equal(415);
    expect((await receipts()).length).to.equal(2);
  });

  it("answers INVALID_ARGUMENT to what it cannot decode, and journals nothing of it", async () => {
    const error = await send(Buffer.from("nonsense")).catch((thrown: unknown) => thrown);
    expect((error as grpc.ServiceError).code).to.equal(grpc.status.INVALID_ARGUMENT);
    expect((await journal()).map(({ k }) => k)).to.deep.equal(["open"]);
    expect(logged[0]).to.contain("127.0.0.1 sent 8 bytes that are no traces request");
  });

  it("hides exactly as many items as it was told to, answers OK and owns up in its journal", async () => {
    expect((await behave({ kind: "drop-items", count: 3 })).status).to.equal(204);
    await send(spans(2));
    await send(spans(4, 2));
    const lines = await journal();
    expect(lines.map(({ k }) => k)).to.deep.equal([
      "open",
      "behaviour",
      "misbehaviour",
      "misbehaviour",
      "receipt",
    ]);
    expect(await misdeeds()).to.deep.equal(["withheld 0", "withheld 1", "withheld 2"]);
    expect((await receipts())[0]!.items.length).to.equal(3);
    expect(backend.status().received.traces).to.equal(3);
    await behave({ kind: "normal" } satisfies BackendBehaviour);
    await send(spans(1, 9));
    expect((await receipts()).length).to.equal(2);
  });

  it("refuses a behaviour that it does not know", async () => {
    expect((await behave({ kind: "explode" })).status).to.equal(400);
    expect((await behave({ kind: "drop-items", count: -1 })).status).to.equal(400);
    expect((await behave({ kind: "drop-one-in", n: 0 })).status).to.equal(400);
  });

  it("refuses to delay for so long that a run would take the items for lost", async () => {
    const answer = await behave({ kind: "delay-one-in", n: 2, delayMs: 21_000 });
    expect(answer.status).to.equal(400);
    expect(await answer.text()).to.contain("delayMs");
  });

  it("drops every nth item across requests", async () => {
    await behave({ kind: "drop-one-in", n: 3 } satisfies BackendBehaviour);
    await send(spans(2));
    await send(spans(5, 2));
    expect(await stored()).to.deep.equal([[0, 1], [3, 4, 6]]); // prettier-ignore
    expect(await misdeeds()).to.deep.equal(["withheld 2", "withheld 5"]);
  });

  it("repeats every nth item in a receipt of its own, from the same peer", async () => {
    await behave({ kind: "duplicate-one-in", n: 2 } satisfies BackendBehaviour);
    await send(spans(5));
    expect(await stored()).to.deep.equal([[0, 1, 2, 3, 4], [1, 3]]); // prettier-ignore
    expect(new Set((await receipts()).map(({ peer }) => peer))).to.deep.equal(
      new Set(["127.0.0.1"]),
    );
    expect(await misdeeds()).to.deep.equal(["repeated 1", "repeated 3"]);
  });

  it("alters the payload of every nth item and of no other, under its own ID and key", async () => {
    await send(spans(5));
    await behave({ kind: "corrupt-one-in", n: 2 } satisfies BackendBehaviour);
    await send(spans(5));
    const [whole, broken] = await receipts();
    const altered = whole!.items.flatMap((item, place) => {
      const { digest, ...rest } = broken!.items[place]!;
      expect(rest).to.deep.equal({ id: item.id, key: item.key, node: item.node, run: item.run });
      return digest === item.digest ? [] : [place];
    });
    expect(altered).to.deep.equal([1, 3]);
    expect(await misdeeds()).to.deep.equal(["corrupted 1", "corrupted 3"]);
  });

  it("answers every nth request late, and stores it late too", async () => {
    await behave({ kind: "delay-one-in", n: 2, delayMs: 300 } satisfies BackendBehaviour);
    const askedMs = Date.now();
    await send(spans(1));
    expect(Date.now() - askedMs).to.be.below(250);
    await send(spans(1, 1));
    expect(Date.now() - askedMs).to.be.at.least(300);
    const [first, second] = await receipts();
    expect(second!.atMs - first!.atMs).to.be.at.least(295);
    expect(await misdeeds()).to.deep.equal(["delayed 1"]);
  });

  it("answers UNAVAILABLE to as many requests as it was told to, and 503 over HTTP", async () => {
    await behave({ kind: "refuse-requests", count: 2 } satisfies BackendBehaviour);
    const error = await send(spans(1)).catch((thrown: unknown) => thrown);
    expect((error as grpc.ServiceError).code).to.equal(grpc.status.UNAVAILABLE);
    const type = { "content-type": "application/x-protobuf" };
    expect((await post("/v1/traces", spans(1, 1), type)).status).to.equal(503);
    await send(spans(1, 2));
    expect(await stored()).to.deep.equal([[2]]);
    expect(await misdeeds()).to.deep.equal(["refused 0", "refused 1"]);
  });

  it("answers UNAVAILABLE for a time, then takes everything again", async () => {
    await behave({ kind: "unavailable", forMs: 1_000 } satisfies BackendBehaviour);
    const error = await send(spans(1)).catch((thrown: unknown) => thrown);
    expect((error as grpc.ServiceError).code).to.equal(grpc.status.UNAVAILABLE);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await send(spans(1));
    expect(await stored()).to.deep.equal([[0]]);
  });
});

describe("a peer's address", () => {
  it("is without port, and plain IPv4 where it was mapped into IPv6", () => {
    expect(addressOf("10.244.1.5:40112")).to.equal("10.244.1.5");
    expect(addressOf("::ffff:10.244.1.5:40112")).to.equal("10.244.1.5");
    expect(addressOf("[::ffff:10.244.1.5]:40112")).to.equal("10.244.1.5");
    expect(addressOf("fd00::7:40112")).to.equal("fd00::7");
    expect(plainAddress("::1")).to.equal("::1");
  });
});
