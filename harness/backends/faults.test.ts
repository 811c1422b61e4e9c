/** What a backend does while a fault strikes it, and what it has on record of that. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import grpc from "@grpc/grpc-js";
import { expect } from "chai";
import type { Behaviour } from "../model/behaviour.js";
import type { BackendLine } from "../model/journal.js";
import type { BackendStatus } from "../model/observer-api.js";
import { decodeResponse, encodeRequest } from "../observer/otlp.js";
import { exportMethod } from "../observer/otlp-service.js";
import { startBackend, type Backend } from "./backend.js";
import { STATUS_DETAILS } from "./retry-info.js";

const { status: CODES } = grpc;

function logs(count: number, from = 0): Buffer {
  const logRecords = Array.from({ length: count }, (_, i) => ({
    traceId: Buffer.alloc(16, 7),
    attributes: [{ key: "chaos.id", value: { stringValue: String(from + i) } }],
  }));
  return encodeRequest("logs", { resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
}

describe("a backend under a fault", () => {
  let directory: string;
  let backend: Backend;
  let client: grpc.Client;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "backend-"));
    backend = await startBackend({
      name: "loki",
      runId: "r1",
      journalPath: join(directory, "loki.ndjson"),
      host: "127.0.0.1",
      ports: { grpc: 0, http: 0, control: 0 },
      log: () => undefined,
    });
    client = new grpc.Client(`127.0.0.1:${backend.ports.grpc}`, grpc.credentials.createInsecure(), {
      "grpc.initial_reconnect_backoff_ms": 100,
    });
  });
  afterEach(async () => {
    client.close();
    await backend.close();
    await rm(directory, { recursive: true });
  });

  const control = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`http://127.0.0.1:${backend.ports.control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const behave = async (behaviour: Behaviour): Promise<void> => {
    expect((await control("PUT", "/behaviour", behaviour)).status).to.equal(204);
  };
  const status = async (): Promise<BackendStatus> =>
    (await (await control("GET", "/status")).json()) as BackendStatus;
  /** Resolves with how many items a partial success rejects, or with the error. */
  const send = (body: Buffer, waitMs = 5_000): Promise<number | grpc.ServiceError> =>
    new Promise((resolve) => {
      const { path, requestSerialize, responseDeserialize } = exportMethod("logs");
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        body,
        new grpc.Metadata(),
        { deadline: Date.now() + waitMs },
        (error, response) =>
          resolve(error ?? Number(decodeResponse(response!).partialSuccess?.rejected ?? 0)),
      );
    });
  const codeOf = (answer: number | grpc.ServiceError): number =>
    typeof answer === "number" ? 0 : answer.code;
  /** `receipt 0 1`, `refused 2`: what became of which records, in order. */
  const journal = async (): Promise<string[]> =>
    (await readFile(join(directory, "loki.ndjson"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as BackendLine)
      .flatMap((line) => {
        if (line.k !== "receipt" && line.k !== "treatment") return [];
        expect(line.peer).to.equal("127.0.0.1");
        return [
          `${line.k === "receipt" ? line.k : line.did} ${line.items.map(({ id }) => id).join(" ")}`,
        ];
      });

  it("refuses connections while it is down, and takes them on the same ports afterwards", async () => {
    expect(await send(logs(1))).to.equal(0);
    await behave({ kind: "down" });
    expect(await status()).to.include({ behaviour: "down", listening: false });
    expect(codeOf(await send(logs(1, 1)))).to.equal(CODES.UNAVAILABLE);
    const { grpc: port } = backend.ports;
    const refused = await fetch(`http://127.0.0.1:${port}`).catch((error: unknown) => error);
    expect(((refused as Error).cause as NodeJS.ErrnoException).code).to.equal("ECONNREFUSED");
    await behave({ kind: "down" });
    await behave({ kind: "normal" });
    await behave({ kind: "normal" });
    expect((await status()).listening).to.equal(true);
    while (codeOf(await send(logs(1, 2))) !== 0);
    expect(await journal()).to.deep.equal(["receipt 0", "receipt 2"]);
  });

  it("never answers what a black hole takes, and stores nothing of it", async () => {
    await behave({ kind: "black-hole" });
    expect(codeOf(await send(logs(2), 200))).to.equal(CODES.DEADLINE_EXCEEDED);
    expect(await journal()).to.deep.equal(["ignored 0 1"]);
    expect((await status()).treated).to.deep.equal({ requests: 1, items: 2 });
  });

  it("stores and answers late while it is slow", async () => {
    await behave({ kind: "slow", delayMs: 150 });
    const beganMs = Date.now();
    expect(await send(logs(1))).to.equal(0);
    expect(Date.now() - beganMs).to.be.at.least(145);
    expect(await journal()).to.deep.equal(["delayed 0", "receipt 0"]);
  });

  it("answers every nth request with the error that it was told", async () => {
    for (const answer of ["INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "UNAVAILABLE"] as const) {
      await behave({ kind: "refuse-one-in", n: 2, answer });
      expect(await send(logs(1))).to.equal(0);
      const error = await send(logs(1, 1));
      expect(codeOf(error)).to.equal(CODES[answer]);
      expect((error as grpc.ServiceError).metadata.get(STATUS_DETAILS)).to.deep.equal([]);
    }
    const once = ["receipt 0", "refused 1"];
    expect(await journal()).to.deep.equal([...once, ...once, ...once]);
  });

  it("says in the words of gRPC when to try again", async () => {
    const answer = "RESOURCE_EXHAUSTED";
    await behave({ kind: "refuse-one-in", n: 1, answer, retryAfterMs: 2_500 });
    const { metadata } = (await send(logs(1))) as grpc.ServiceError;
    const [details] = metadata.get(STATUS_DETAILS);
    // Duration { seconds: 2, nanos: 500000000 } inside of RetryInfo.
    const hex = (details as Buffer).toString("hex");
    expect(hex).to.contain(Buffer.from("google.rpc.RetryInfo").toString("hex"));
    expect(hex.endsWith("0a0808021080cab5ee01"), hex).to.equal(true);
    const { status: code, headers } = await fetch(
      `http://127.0.0.1:${backend.ports.http}/v1/logs`,
      {
        method: "POST",
        body: new Uint8Array(logs(1)),
        headers: { "content-type": "application/x-protobuf" },
      },
    );
    expect([code, headers.get("retry-after")]).to.deep.equal([429, "3"]);
  });

  it("rejects every nth item by a partial success and stores the others", async () => {
    await behave({ kind: "reject-one-in", n: 2 });
    expect(await send(logs(5))).to.equal(2);
    expect(await send(logs(1, 5))).to.equal(1);
    expect(await journal()).to.deep.equal(["rejected 1 3", "receipt 0 2 4", "rejected 5"]);
  });

  it("stores, then resets the connection: its sender cannot know", async () => {
    await behave({ kind: "reset-one-in", n: 2 });
    expect(await send(logs(1))).to.equal(0);
    const code = codeOf(await send(logs(1, 1)));
    expect([CODES.CANCELLED, CODES.UNAVAILABLE]).to.include(code);
    expect(await send(logs(1, 1))).to.equal(0);
    expect(await journal()).to.deep.equal(["receipt 0", "reset 1", "receipt 1", "receipt 1"]);
  });

  it("tells what DNS tells it", async () => {
    const asked = await control("POST", "/lookup", { host: "no-such-host.invalid" });
    expect(await asked.json()).to.have.property("error");
    expect((await control("POST", "/lookup", { host: "; rm" })).status).to.equal(400);
  });
});
