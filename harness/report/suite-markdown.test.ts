import { expect } from "chai";
import fc from "fast-check";
import type { RunRecord } from "../model/run-record.js";
import { indexLineOf, type IndexLine } from "./index-file.js";
import { sample, sampleBroken } from "./sample.js";
import { sparkline, suiteMarkdown } from "./suite-markdown.js";
import type { SuiteRun } from "./suite-run.js";
import { suiteRecord } from "./suite.js";

const { record } = sample();
const judged = (change: Partial<RunRecord> = {}): SuiteRun => ({
  kind: "judged",
  record: { ...record, ...change },
  runDir: "runs/a",
});
const markdownOf = (runs: readonly SuiteRun[], index: readonly IndexLine[] = []): string =>
  suiteMarkdown(
    suiteRecord(runs, index, {
      createdAt: new Date(0),
      reportOf: (runDir) => `${runDir}/report.html`,
    }),
  );

describe("suite.md", () => {
  it("says how many did what they must, then each run, what needs attention first", () => {
    const failed = judged({ ...sample({ verdict: "fail" }).record });
    const text = markdownOf([judged(), sampleBroken, failed]);
    const lines = text.split("\n");
    expect(lines[0]).to.equal("## ! BROKEN: 1 of 3 chaos runs did what they must");
    expect(lines[2]).to.match(/^1 failed, 1 broke, 1 passed\. Commit `[0-9a-f]{12}/);
    const rows = lines.filter((line) => line.startsWith("| ")).slice(2);
    expect(rows.map((row) => row.split(" | ")[0])).to.deep.equal([
      ...["| ✗ FAIL", "| ! BROKEN", "| ✓ PASS"],
    ]);
    expect(rows[0]).to.contain("| **1** |").and.to.contain("`runs/a/report.html`");
  });

  it("repeats what needs attention and nothing else, each command once", () => {
    const failed = judged({ ...sample({ verdict: "fail" }).record, command: "npx chaos run bad" });
    const text = markdownOf([judged(), failed, failed, sampleBroken]);
    expect(text).to.match(
      /### Repeat\n\n```sh\nnpx chaos run bad\nnpx chaos run no-faults --seed 1\n```\n$/,
    );
    expect(markdownOf([judged()])).to.not.contain("Repeat");
  });

  it("shows the last verdicts and the trend of the loss, and calls flaky what is", () => {
    const environment = { ...record.environment, git: { sha: "c0ffee", dirty: false } };
    const run = judged({ environment });
    const line = (n: number, change: Partial<IndexLine>): IndexLine => ({
      ...indexLineOf({ ...record, environment }, ""),
      runId: `run-${String(n)}`,
      startedAt: new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString(),
      ...change,
    });
    const text = markdownOf([run], [line(1, { lostExplained: 0 }), line(2, { verdict: "fail" })]);
    expect(text).to.contain("`gateway-kill` **flaky**").and.to.contain("`✓✗✓`<br>`▁██`");
    expect(text).to.contain("Flaky: `gateway-kill`.");
  });

  it("says of a control whether it was found out, whatever its verdict", () => {
    const failed = sample({ verdict: "fail" }).record;
    const of = (invariant: string): SuiteRun => {
      const spec = { expect: { verdict: "fail", invariant } };
      return judged({ ...failed, scenario: { ...failed.scenario, spec } });
    };
    const found = markdownOf([of("zero-loss")]);
    expect(found).to.contain("| ✓ FOUND OUT (FAIL) |").and.to.contain("| 1 |");
    expect(found).to.match(/^## ✓ PASS: 1 of 1 chaos run did/);
    const missed = markdownOf([of("calibration")]);
    expect(missed).to.contain("| ✗ MISSED (FAIL) |").and.to.contain("calibration, and was NOT.");
    expect(missed)
      .to.match(/^## ✗ FAIL: 0 of 1/)
      .and.to.contain("### Repeat");
  });

  it("lets no text of a run become markup, a mention or another cell", () => {
    const hostile = "@everyone | <img src=x>\n## Heading";
    const scenario = { ...record.scenario, name: hostile };
    const text = markdownOf([judged({ headline: hostile, scenario })]);
    expect(text).to.not.match(/<img[^`]*\|.*\n## H|[^`]@everyone/);
    const row = text.split("\n").find((line) => line.includes("PASS") && line.startsWith("|"))!;
    expect(row.replaceAll("\\|", "").split("|")).to.have.length(10);
  });
});

describe("a sparkline", () => {
  it("has a character a value, the lowest for 0 only and the highest for the largest", () => {
    const value = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
        const drawn = Array.from(sparkline(values));
        expect(drawn).to.have.length(values.length);
        const most = Math.max(...values.map((one) => one ?? 0));
        for (const [index, one] of values.entries()) {
          expect(drawn[index] === "·").to.equal(one === null);
          expect(drawn[index] === "▁").to.equal(one === 0);
          if (one === most && most > 0) expect(drawn[index]).to.equal("█");
        }
      }),
    );
  });
});
