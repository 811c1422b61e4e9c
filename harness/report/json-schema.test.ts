import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { RUN_SCHEMA_PATH, runJsonSchema } from "./json-schema.js";
import { sample } from "./sample.js";

describe("the published schema of run.json", () => {
  const published = async (): Promise<object> => {
    const url = new URL(`../../${RUN_SCHEMA_PATH}`, import.meta.url);
    return JSON.parse(await readFile(url, "utf8")) as object;
  };

  it("is not stale (else: npx tsx harness/report/write-json-schema.ts)", async () => {
    expect(await published()).to.deep.equal(JSON.parse(JSON.stringify(runJsonSchema())));
  });

  it("accepts a run record and refuses a damaged one in an independent validator", async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const validate = ajv.compile(await published());
    const { record } = sample({ verdict: "fail" });
    expect(validate(record), JSON.stringify(validate.errors)).to.equal(true);
    expect(validate({ ...record, aMemberOfTheFuture: 1 })).to.equal(true);
    expect(validate({ ...record, verdict: "perhaps" })).to.equal(false);
    expect(validate({ ...record, losses: [{}] })).to.equal(false);
    expect(validate({ ...record, startedAt: "yesterday" })).to.equal(false);
  });
});
