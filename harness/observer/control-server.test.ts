import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { UsageError } from "../model/errors.js";
import type { ControlServer } from "./control-server.js";
import { startControlServer } from "./control-server.js";
import type { Journal } from "./journal.js";
import { openJournal } from "./journal.js";

describe("the control server", () => {
  let directory: string;
  let journal: Journal;
  let server: ControlServer;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "control-"));
    journal = await openJournal({ path: join(directory, "j"), source: "loki", runId: "r1" });
    server = await startControlServer({
      host: "127.0.0.1",
      port: 0,
      journal,
      status: () => ({ state: "idle" }),
      routes: {
        "POST /echo": (body) => Promise.resolve({ code: 202, answer: body }),
        "POST /usage": () => Promise.reject(new UsageError("bad order")),
        "POST /broken": () => Promise.reject(new Error("broken")),
      },
    });
  });
  after(async () => {
    server.close();
    await journal.close();
    await rm(directory, { recursive: true });
  });

  const call = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, init);

  it("answers health, status and manifest", async () => {
    expect((await call("/healthz")).status).to.equal(200);
    expect(await (await call("/status")).json()).to.deep.equal({ state: "idle" });
    expect(await (await call("/journal/manifest")).json()).to.deep.equal(journal.manifest());
  });

  it("streams the journal, whole or its first bytes", async () => {
    const whole = await (await call("/journal")).text();
    expect(whole).to.contain('"k":"open"');
    expect(await (await call("/journal?bytes=5")).text()).to.equal(whole.slice(0, 5));
  });

  it("answers bad input with 400, trouble with 500 and unknown routes with 404", async () => {
    const post = (path: string, body?: string) =>
      call(path, body === undefined ? { method: "POST" } : { method: "POST", body });
    expect((await post("/usage")).status).to.equal(400);
    expect((await post("/broken")).status).to.equal(500);
    expect((await post("/nothing")).status).to.equal(404);
    expect((await post("/echo", "{")).status).to.equal(400);
    expect((await call("/journal?bytes=x")).status).to.equal(400);
    const echo = await post("/echo", '{"a":1}');
    expect(echo.status).to.equal(202);
    expect(await echo.json()).to.deep.equal({ a: 1 });
  });
});
