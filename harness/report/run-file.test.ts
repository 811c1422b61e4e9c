import { expect } from "chai";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../model/errors.js";
import type { RunRecord } from "../model/run-record.js";
import { readRunRecord, writeRunFile } from "./run-file.js";
import { sample } from "./sample.js";

describe("run.json", () => {
  let dir = "";
  let path = "";
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "run-file-"));
    path = join(dir, "run.json");
  });
  afterEach(() => rm(dir, { recursive: true }));

  const refusal = async (text: string): Promise<string> => {
    await writeFile(path, text);
    const error: unknown = await readRunRecord(path).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(UsageError);
    return (error as UsageError).message;
  };

  it("is read back as it was written", async () => {
    const { record } = sample();
    await writeRunFile(path, record);
    expect(await readRunRecord(path)).to.deep.equal(record);
  });

  it("is not written when a field is wrong", async () => {
    const record = { ...sample().record, verdict: "perhaps" } as unknown as RunRecord;
    const error: unknown = await writeRunFile(path, record).catch((thrown: unknown) => thrown);
    expect(String(error)).to.contain("field verdict");
    expect(await readdir(dir)).to.deep.equal([]);
  });

  it("is refused with file and field when it is damaged", async () => {
    const { record } = sample();
    const [first, ...others] = record.invariants;
    const damaged = { ...record, invariants: [{ ...first, limit: 7 }, ...others] };
    const message = await refusal(JSON.stringify(damaged));
    expect(message).to.contain(`${path}: field invariants.0.limit:`);
  });

  it("is refused when it is no JSON, of a newer version, or missing", async () => {
    expect(await refusal("{")).to.contain(`${path}: not JSON`);
    expect(await refusal('{"schemaVersion": 2}')).to.contain("newer");
    const error: unknown = await readRunRecord(join(dir, "none")).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(UsageError).with.property("message").that.contains("none");
  });
});
