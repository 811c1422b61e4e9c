import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { nothingUnexpected } from "../model/invariant.js";
import { scenario } from "../model/scenario.js";
import { openDatabase } from "./database.js";
import { openHistory } from "./open-history.js";
import { writeSeal } from "./seal.js";
import { sealHistory } from "./write-history.js";

const JOURNAL = '{"kind":"open","seq":1,"atMs":1}\nnot a line of ours\n';

describe("a sealed history", () => {
  let scratch: string;
  let dir: string;
  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), "chaos-history-"));
    dir = join(scratch, "history");
    const path = join(scratch, "generator.ndjson");
    await writeFile(path, JOURNAL);
    const sha256 = createHash("sha256").update(JOURNAL).digest("hex");
    await sealHistory(dir, {
      runId: "r",
      seed: "1",
      scenario: scenario({
        name: "s",
        description: "d",
        tags: [],
        invariants: [nothingUnexpected()],
      }),
      agents: [],
      corefile: "",
      renderedYaml: "",
      journals: [
        {
          source: "generator",
          path,
          manifest: { bytes: JOURNAL.length, lines: 2, sha256, boots: ["b"] },
          cutAtMs: 2,
        },
      ],
      topology: [],
      faults: [],
      phases: [],
      selfTelemetry: [],
      quiesce: null,
      generatorMaxLagMs: 0,
    });
  });
  afterEach(() => rm(scratch, { recursive: true }));

  const raw = () => join(dir, "journal-generator.ndjson.gz");

  it("holds each journal byte for byte, whether its lines can be read or not", async () => {
    expect(gunzipSync(await readFile(raw())).toString()).to.equal(JOURNAL);
    const history = await openHistory(dir);
    try {
      expect(history.facts.journals[0]).to.include({ lines: 2, mismatch: null });
    } finally {
      await history.close();
    }
  });

  it("opens without the tables that were recorded only later, which are empty then", async () => {
    const later = ["audit_receipts", "treatments"];
    const manifest = join(dir, "manifest.json");
    const { files, ...rest } = JSON.parse(await readFile(manifest, "utf8")) as {
      files: { name: string }[];
    };
    const older = files.filter(({ name }) => !later.includes(name.replace(".parquet", "")));
    expect(older).to.have.length(files.length - later.length);
    await writeFile(manifest, JSON.stringify({ ...rest, files: older }));
    for (const table of later) await rm(join(dir, `${table}.parquet`));
    const history = await openHistory(dir);
    try {
      for (const table of later) {
        expect(await history.query(`SELECT * FROM ${table}`)).to.deep.equal([]);
      }
    } finally {
      await history.close();
    }
  });

  const refusal = async (): Promise<string> =>
    openHistory(dir).then(
      () => "opened",
      (thrown: unknown) => String(thrown),
    );

  for (const file of ["journal-generator.ndjson.gz", "attempts.parquet", "run-facts.json"]) {
    it(`is refused when ${file} was changed or is gone`, async () => {
      const path = join(dir, file);
      await writeFile(path, Buffer.concat([await readFile(path), Buffer.from("\n")]));
      expect(await refusal()).to.contain(`${file} was changed after it was sealed`);
      await rm(path);
      expect(await refusal()).to.contain(`${file} is missing`);
    });
  }

  /** Whoever changes a history can seal it anew: then the files themselves must hold. */
  const changed = async (
    file: string,
    change: (path: string) => Promise<void>,
  ): Promise<string> => {
    await change(join(dir, file));
    await writeSeal(
      dir,
      (await readdir(dir)).filter((name) => name !== "manifest.json"),
    );
    return refusal();
  };

  it("is refused when a table is cut off, is missing or lacks a column, sealed anew or not", async () => {
    const table = "receipts.parquet";
    const whole = await readFile(join(dir, table));
    expect(
      await changed(table, (path) => writeFile(path, whole.subarray(0, whole.length / 2))),
    ).to.match(/receipts\.parquet cannot be read/);
    expect(await changed(table, (path) => rm(path))).to.match(/receipts\.parquet cannot be read/);
    expect(await changed(table, (path) => copyFile(join(dir, "phases.parquet"), path))).to.match(
      /receipts\.parquet has no column source, seq, peer,.*another version wrote it/,
    );
  });

  it("opens without a column that was recorded only later, which is null then", async () => {
    const database = await openDatabase();
    const table = join(dir, "topology.parquet");
    const older = join(scratch, "older.parquet");
    await database.query(
      `COPY (SELECT * EXCLUDE (disruption) FROM read_parquet('${table}')) TO '${older}'`,
    );
    await database.close();
    expect(await changed("topology.parquet", (path) => copyFile(older, path))).to.equal("opened");
    const history = await openHistory(dir);
    try {
      const columns = await history.query<{ column_name: string }>("DESCRIBE topology");
      expect(columns.map(({ column_name }) => column_name)).to.include("disruption");
    } finally {
      await history.close();
    }
  });

  for (const [file, version] of [
    ["run-facts.json", 0],
    ["run-facts.json", 2],
    ["manifest.json", 7],
  ] as const) {
    it(`is refused with both versions named when ${file} is of version ${version}`, async () => {
      const older = async (path: string): Promise<void> => {
        const facts = JSON.parse(await readFile(path, "utf8")) as object;
        await writeFile(path, JSON.stringify({ ...facts, schemaVersion: version }));
      };
      const said =
        file === "manifest.json"
          ? await older(join(dir, file)).then(refusal)
          : await changed(file, older);
      expect(said).to.match(new RegExp(`${file} has schema version ${version}; .* reads 1`));
    });
  }

  it("is refused when run-facts.json is no JSON any more", async () => {
    expect(
      await changed("run-facts.json", (path) => writeFile(path, '{"schemaVersion": 1, "run')),
    ).to.match(/run-facts\.json cannot be read/);
  });
});
