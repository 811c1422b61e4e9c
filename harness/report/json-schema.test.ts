import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { compare } from "./compare.js";
import { indexLineOf } from "./index-file.js";
import { jsonSchemaOf, PUBLISHED } from "./json-schema.js";
import { matrixOf } from "./matrix.js";
import { sample, sampleBroken } from "./sample.js";
import { signOff } from "./sign-off.js";
import { suiteRecord } from "./suite.js";

const { record } = sample({ verdict: "fail" });
const line = indexLineOf(record, "runs/gateway-kill/a");
const suite = suiteRecord(
  [{ kind: "judged", record, runDir: "reports/runs/gateway-kill/a" }, sampleBroken],
  [line],
  { createdAt: new Date(0), reportOf: (runDir) => `${runDir}/report.html` },
);

/** Of each published kind of file: one that is right, and members that make it wrong. */
const EXAMPLES: Record<string, { right: object; wrong: readonly object[] }> = {
  run: {
    right: record,
    wrong: [{ verdict: "perhaps" }, { losses: [{}] }, { startedAt: "yesterday" }],
  },
  "index-line": { right: line, wrong: [{ dirty: "no" }, { acked: -1 }, { measures: {} }] },
  comparison: {
    right: compare(sample().record, record, [line]),
    wrong: [{ result: "perhaps" }, { figures: [{ name: "weight" }] }, { base: {} }],
  },
  matrix: {
    right: matrixOf(
      {
        createdAt: new Date(0),
        strict: false,
        deployments: ["corrected", "graceful"],
        rows: [
          {
            scenario: "gateway-kill",
            faults: ["kill-gateway"],
            cells: [
              {
                kind: "run",
                scenario: "gateway-kill",
                target: { deployment: "corrected" },
                workloadSha256: line.workloadSha256 ?? "",
                isOwn: true,
              },
              { kind: "none", reason: "not run: no such overlay" },
            ],
          },
        ],
      },
      [line],
      (dir) => `${dir}/report.html`,
    ),
    wrong: [
      { strict: "no" },
      { rows: [{ scenario: "a", faults: [], cells: [{ kind: "empty" }] }] },
    ],
  },
  "sign-off": {
    right: signOff({
      version: "1.0",
      suite: "release",
      now: new Date(0),
      required: [{ name: "gateway-kill", control: false, spec: {} }],
      repetitions: 1,
      strict: false,
      runs: [{ record, path: "runs/a/run.json", sha256: "ab" }],
      others: [],
      unreadable: [],
      waivers: [],
    }),
    wrong: [{ decision: "perhaps" }, { missing: "nothing" }, { released: {} }],
  },
  waivers: {
    right: {
      waivers: [{ scenario: "a", rule: "b", owner: "c", reason: "d", expires: "2026-12-31" }],
    },
    wrong: [{ waivers: [{ scenario: "a" }] }, { waivers: {} }],
  },
  suite: {
    right: suite,
    wrong: [{ verdict: "perhaps" }, { runs: [{ kind: "lost" }] }, { past: undefined }],
  },
};

describe("the published schemas", () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });

  for (const published of PUBLISHED) {
    const name = published.path.replace(/^reports\/schema\/(.+)\.schema\.json$/, "$1");
    const read = async (): Promise<object> => {
      const url = new URL(`../../${published.path}`, import.meta.url);
      return JSON.parse(await readFile(url, "utf8")) as object;
    };

    it(`${name}: is not stale (else: npx tsx harness/report/write-json-schema.ts)`, async () => {
      expect(await read()).to.deep.equal(JSON.parse(JSON.stringify(jsonSchemaOf(published))));
    });

    it(`${name}: an independent validator accepts a right one and refuses damaged ones`, async () => {
      const validate = ajv.compile(await read());
      const { right, wrong } = EXAMPLES[name]!;
      expect(validate(right), JSON.stringify(validate.errors)).to.equal(true);
      // Waivers are written by people: a member that nobody knows is a mistake.
      expect(validate({ ...right, aMemberOfTheFuture: 1 })).to.equal(name !== "waivers");
      expect(validate({ ...right, schemaVersion: 0 })).to.equal(false);
      for (const damage of wrong) {
        expect(validate({ ...right, ...damage }), JSON.stringify(damage)).to.equal(false);
      }
    });
  }
});
