import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { nothingUnexpected } from "../model/invariant.js";
import { scenario } from "../model/scenario.js";
import { openHistory } from "./open-history.js";
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

  for (const file of ["journal-generator.ndjson.gz", "attempts.parquet", "run-facts.json"]) {
    it(`is refused when ${file} was changed or is gone`, async () => {
      const refusal = async (): Promise<string> =>
        openHistory(dir).then(
          () => "opened",
          (thrown: unknown) => String(thrown),
        );
      const path = join(dir, file);
      await writeFile(path, Buffer.concat([await readFile(path), Buffer.from("\n")]));
      expect(await refusal()).to.contain(`${file} was changed after it was sealed`);
      await rm(path);
      expect(await refusal()).to.contain(`${file} is missing`);
    });
  }
});
