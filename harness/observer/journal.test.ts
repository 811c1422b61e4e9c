import { createHash } from "node:crypto";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import type { JournalLine } from "../model/journal.js";
import { openJournal } from "./journal.js";

describe("the journal", () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "journal-"));
    path = join(directory, "deep", "j.ndjson");
  });
  afterEach(() => rm(directory, { recursive: true }));

  const openHere = () => openJournal({ path, source: "tempo", runId: "r1" });
  const withheld = (id: string) =>
    ({ k: "misbehaviour", did: "withheld", signal: "traces", items: [{ id, key: "k" }] }) as const;
  const lines = async () =>
    (await readFile(path, "utf8"))
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as JournalLine);
  const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

  it("has a line on disk when its append resolves, in the order of the appends", async () => {
    const journal = await openHere();
    const ids = Array.from({ length: 50 }, (_, i) => String(i));
    const appends = ids.map((id) => journal.append(withheld(id)));
    await appends[20];
    expect((await lines()).length).to.be.at.least(22);
    await Promise.all(appends);
    const written = await lines();
    expect(written.map(({ seq }) => seq)).to.deep.equal([...Array(51).keys()]);
    expect(written.slice(1).map((line) => "did" in line && line.items[0]?.id)).to.deep.equal(ids);
    await journal.close();
  });

  it("keeps a manifest that matches the file at every moment", async () => {
    const journal = await openHere();
    for (let i = 0; i < 5; i++) {
      await Promise.all([journal.append(withheld("a")), journal.append(withheld("ä"))]);
      const file = await readFile(path);
      expect(journal.manifest()).to.deep.equal({
        bytes: file.length,
        lines: 1 + 2 * (i + 1),
        sha256: sha256(file),
        boots: [journal.boot],
      });
    }
    await journal.close();
  });

  it("gives the bytes of an earlier manifest although it has grown since", async () => {
    const journal = await openHere();
    const { bytes, sha256: expected } = journal.manifest();
    await journal.append(withheld("later"));
    const cut = await text(journal.read(bytes));
    expect(sha256(Buffer.from(cut))).to.equal(expected);
    expect(await text(journal.read(0))).to.equal("");
    expect((await text(journal.read())).length).to.equal(journal.manifest().bytes);
    await journal.close();
  });

  it("goes on after a restart: seq, a second open line, both boots", async () => {
    const first = await openHere();
    await first.append(withheld("a"));
    const second = await openHere();
    await second.append(withheld("b"));
    const written = await lines();
    expect(written.map(({ seq }) => seq)).to.deep.equal([0, 1, 2, 3]);
    expect(written.map(({ k }) => k)).to.deep.equal([
      "open",
      "misbehaviour",
      "open",
      "misbehaviour",
    ]);
    expect(second.manifest().boots).to.deep.equal([first.boot, second.boot]);
    expect(second.manifest().sha256).to.equal(sha256(await readFile(path)));
    await second.close();
  });

  it("cuts off a half-written last line and says how long it was", async () => {
    const first = await openHere();
    await first.append(withheld("a"));
    await appendFile(path, '{"seq":2,"boo');
    const second = await openHere();
    expect(second.tornBytes).to.equal(13);
    expect((await lines()).map(({ seq }) => seq)).to.deep.equal([0, 1, 2]);
    expect(second.manifest().sha256).to.equal(sha256(await readFile(path)));
    await second.close();
  });

  it("refuses a file whose last line is not of a journal, naming file and line", async () => {
    await (await openHere()).close();
    await appendFile(path, "oops\n");
    const error = await openHere().catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).to.contain(`${path}:3: not a journal line`);
  });

  it("ends with a close line and takes nothing after it", async () => {
    const journal = await openHere();
    await journal.close();
    expect((await lines()).at(-1)!.k).to.equal("close");
    const error = await journal.append(withheld("a")).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).to.contain("closed");
  });
});
