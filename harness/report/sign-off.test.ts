import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../model/errors.js";
import type { RunRecord } from "../model/run-record.js";
import { indexLineOf } from "./index-file.js";
import { sample } from "./sample.js";
import { signOffHtml } from "./sign-off-html.js";
import type { SignOffInput } from "./sign-off-input.js";
import { signOff } from "./sign-off.js";
import { readWaivers, type Waiver } from "./waivers.js";

const SPEC = { name: "gateway-kill", loadMs: 60_000 };
const CONTROL_SPEC = { name: "queue-off", expect: { verdict: "fail", invariant: "zero-loss" } };
const DEFECT = { says: "a span is lost", expected: {}, seen: {}, caught: true };

const good: RunRecord = {
  ...sample().record,
  scenario: { name: "gateway-kill", description: "A gateway dies.", spec: SPEC },
  environment: {
    ...sample().record.environment,
    git: { sha: "c0ffee".repeat(7).slice(0, 40), dirty: false },
  },
  plantedDefects: { plantedAt: "2026-11-25T06:00:00Z", defects: [DEFECT] },
};
const control: RunRecord = {
  ...good,
  ...{ verdict: "fail", invariants: sample({ verdict: "fail" }).record.invariants },
  runId: "20261125T060000Z-1",
  scenario: { name: "queue-off", description: "No queue.", spec: CONTROL_SPEC },
  deployment: { ...good.deployment, name: "queue-off", configSha256: "another" },
};
const onFile = (record: RunRecord): SignOffInput["runs"][number] => ({
  record,
  path: `runs/${record.runId}/run.json`,
  sha256: "ab".repeat(32),
});
const waiver: Waiver = {
  scenario: "gateway-kill",
  invariant: "zero-loss",
  owner: "platform",
  reason: "the guide's design loses what a dead gateway holds",
  expires: "2026-12-31",
};
const input = (change: Partial<SignOffInput> = {}): SignOffInput => ({
  version: "1.4.0",
  suite: "release",
  now: new Date("2026-12-31T23:59:59Z"),
  required: [
    { name: "gateway-kill", control: false, spec: SPEC },
    { name: "queue-off", control: true, spec: CONTROL_SPEC },
  ],
  repetitions: 1,
  strict: false,
  runs: [onFile(good), onFile(control)],
  others: [],
  unreadable: [],
  waivers: [waiver],
  ...change,
});
const withRun = (change: Partial<RunRecord>): SignOffInput =>
  input({ runs: [onFile({ ...good, ...change }), onFile(control)] });
const environment = (change: Partial<RunRecord["environment"]>): SignOffInput =>
  withRun({ environment: { ...good.environment, ...change } });
const borrowed = {
  ...{ context: "staging", serverVersion: "v1.34.0", namespace: "chaos" },
  ...{ lent: true, corefileRead: false },
};
const [firstInvariant, ...otherInvariants] = good.invariants;
const books = good.accounting;

describe("a sign-off", () => {
  it("is approved when everything that is required was seen", () => {
    const record = signOff(input());
    expect(record.missing).to.deep.equal([]);
    expect(record.decision).to.equal("approved");
    expect(record.released.deployments.map(({ name }) => name)).to.deep.equal(["corrected"]);
    expect(record.plantedDefects).to.deep.equal({ runId: good.runId, caught: 1, planted: 1 });
    expect(record.explainedLoss.every((loss) => loss.waiver?.owner === "platform")).to.equal(true);
  });

  for (const [what, change, says] of [
    ["a scenario was not run", input({ runs: [onFile(good)] }), /queue-off: 0 of 1 good runs/],
    ["nothing was run", input({ runs: [] }), /gateway-kill: 0 of 1/],
    ["there are too few repetitions", input({ repetitions: 2 }), /gateway-kill: 1 of 2/],
    ["a run failed", withRun(sample({ verdict: "fail" }).record), /FAIL: /],
    [
      "a run beside a good one failed",
      input({
        runs: [
          onFile(good),
          onFile({ ...good, runId: "again", verdict: "fail", headline: "FAIL x: y" }),
          onFile(control),
        ],
      }),
      /gateway-kill again: FAIL/,
    ],
    ["a run is inconclusive", withRun({ verdict: "inconclusive" }), /INCONCLUSIVE/],
    [
      "a verdict is not that of its invariants",
      withRun({ invariants: [{ ...firstInvariant!, verdict: "fail" }, ...otherInvariants] }),
      /its verdict is not that of its invariants/,
    ],
    [
      "books do not balance",
      withRun({ accounting: { ...books, logs: { ...books.logs, balances: false } } }),
      /books do not balance/,
    ],
    [
      "a loss is not explained",
      withRun({ accounting: { ...books, logs: { ...books.logs, lostUnexplained: 1 } } }),
      /lost without an explanation/,
    ],
    ["a run was shortened", withRun({ shortened: true }), /shortened/],
    ["a run was made on a borrowed cluster", environment({ borrowed }), /borrowed cluster/],
    [
      "a control was missed",
      input({ runs: [onFile(good), onFile({ ...control, verdict: "pass" })] }),
      /queue-off .*: the control was not found out/,
    ],
    ["a run is not strict", input({ strict: true }), /not strict/],
    [
      "a run is of another definition of its scenario",
      withRun({ scenario: { ...good.scenario, spec: { ...SPEC, loadMs: 5 } } }),
      /defined otherwise now/,
    ],
    [
      "a tree was dirty",
      environment({ git: { ...good.environment.git, dirty: true } }),
      /uncommit/,
    ],
    ["a commit is unknown", environment({ git: { sha: "unknown", dirty: false } }), /not known/],
    [
      "commits differ",
      environment({ git: { sha: "d".repeat(40), dirty: false } }),
      /different commits/,
    ],
    ["images differ", environment({ images: [{ name: "a", digest: "b" }] }), /different images/],
    [
      "configurations differ",
      input({
        runs: [
          ...input().runs,
          onFile({
            ...good,
            runId: "again",
            deployment: { ...good.deployment, configSha256: "other" },
          }),
        ],
      }),
      /different configurations of the deployment corrected/,
    ],
    ["nobody accepts the loss", input({ waivers: [] }), /no valid waiver accepts the loss of/],
    [
      "the waiver has expired",
      input({ now: new Date("2027-01-01T00:00:00Z") }),
      /no valid waiver accepts/,
    ],
    [
      "the waiver is of another scenario",
      input({ waivers: [{ ...waiver, scenario: "no-faults" }] }),
      /no valid waiver accepts/,
    ],
    [
      "the waiver is of another rule",
      input({ waivers: [{ ...waiver, invariant: undefined, rule: "a rule" }] }),
      /no valid waiver accepts/,
    ],
    [
      "no defects were planted",
      input({
        runs: input().runs.map((run) => onFile({ ...run.record, plantedDefects: undefined })),
      }),
      /no defects were planted/,
    ],
    [
      "the judge missed a defect",
      withRun({
        plantedDefects: {
          plantedAt: "2026-11-25T06:00:00Z",
          defects: [DEFECT, { ...DEFECT, caught: false }],
        },
      }),
      /the judge missed 1 of 2/,
    ],
    [
      "a run that failed on this commit was left out",
      input({ others: [{ ...indexLineOf(good, "x"), runId: "hidden", verdict: "fail" }] }),
      /gateway-kill hidden: failed on this commit and was left out/,
    ],
    ["a run cannot be read", input({ unreadable: ["x/run.json is gone"] }), /is gone/],
  ] as const) {
    it(`is NOT APPROVED when ${what}`, () => {
      const { decision, missing } = signOff(change);
      expect(missing.join("\n")).to.match(says);
      expect(decision).to.equal("NOT APPROVED");
    });
  }

  it("takes a rule by the upstream issue that it names", () => {
    const rules = [...new Set(good.losses.flatMap(({ rule }) => rule ?? []))];
    const waivers = rules.map((rule) => ({
      ...waiver,
      invariant: undefined,
      rule: / \((\S+#\d+)\)$/.exec(rule)?.[1] ?? rule,
    }));
    expect(signOff(input({ waivers })).missing).to.deep.equal([]);
    const extra = { ...waiver, scenario: "no-faults" };
    expect(signOff(input({ waivers: [...waivers, extra] })).unusedWaivers).to.deep.equal([
      "no-faults, zero-loss, of platform, until 2026-12-31",
    ]);
  });

  it("shows the decision, what is missing and the hashes, and takes text for text", () => {
    const page = signOffHtml(signOff(input({ unreadable: ["<img src=x>"] })));
    expect(page).to.match(/NOT APPROVED[^]*1 required\s+thing is\s+missing[^]*&lt;img src=x&gt;/);
    expect(page).to.contain("ab".repeat(32)).and.to.not.contain("<script");
    const approved = signOffHtml(signOff(input()));
    expect(approved).to.contain("approved").and.to.not.contain("NOT APPROVED");
    const facts = approved.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
    expect(facts).to.contain("Scenarios that count 1 of 1 Controls found out 1 of 1");
    // A control that failed as it must may not look like a failure to who signs.
    expect(approved).to.contain("✓ FOUND OUT").and.to.not.contain("✗");
  });
});

describe("a file of waivers", () => {
  const read = async (text: string): Promise<unknown> => {
    const dir = await mkdtemp(join(tmpdir(), "waivers-"));
    try {
      await writeFile(join(dir, "waivers.yaml"), text);
      return await readWaivers(join(dir, "waivers.yaml")).catch((error: unknown) => error);
    } finally {
      await rm(dir, { recursive: true });
    }
  };
  const LINES = ["scenario: a", "rule: b", "owner: c", "reason: d", "expires: 2026-12-31"];
  const waivers = (lines: readonly string[]): string => `waivers:\n  - ${lines.join("\n    ")}\n`;

  it("is read", async () => {
    expect(await read(waivers(LINES))).to.deep.equal([
      { scenario: "a", rule: "b", owner: "c", reason: "d", expires: "2026-12-31" },
    ]);
  });

  it("is refused in one line that names the field", async () => {
    for (const [text, says] of [
      [waivers(LINES.filter((line) => !line.startsWith("owner"))), "waivers.0.owner"],
      [waivers(LINES.filter((line) => !line.startsWith("rule"))), "either invariant or rule"],
      [waivers([...LINES, "invariant: trace-affinity"]), "waivers.0.invariant"],
      [waivers([...LINES.slice(0, 4), "expires: never"]), "waivers.0.expires"],
      [waivers([...LINES, "expire: 2026-12-31"]), "expire"],
      ["waivers: {", "not YAML"],
      ["", "waivers.yaml: field"],
    ] as const) {
      const thrown = await read(text);
      expect(thrown, text).to.be.instanceOf(UsageError);
      expect((thrown as Error).message)
        .to.contain(says)
        .and.to.not.contain("\n");
    }
  });
});
