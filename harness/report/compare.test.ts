import { expect } from "chai";
import { UsageError } from "../model/errors.js";
import type { RunRecord } from "../model/run-record.js";
import { compare, type Comparison, type Figure } from "./compare.js";
import { comparisonMarkdown, comparisonText } from "./compare-text.js";
import { indexLineOf, type IndexLine } from "./index-file.js";
import { sample } from "./sample.js";

const { record } = sample();
const base: RunRecord = { ...record, runId: "base" };

/** A candidate whose spans arrived `p99Ms` late at most, with so many further receipts. */
const candidate = (p99Ms: number, duplicated = 0, change: Partial<RunRecord> = {}): RunRecord => ({
  ...record,
  runId: "candidate",
  delivery: { ...record.delivery, traces: { items: 9, p50Ms: 34_200, p99Ms } },
  accounting: { ...record.accounting, traces: { ...record.accounting.traces, duplicated } },
  ...change,
});
/** Passing runs with p99 from 40.0 to 42.0 s. */
const history = (n: number): readonly IndexLine[] =>
  Array.from({ length: n }, (_, run) => ({
    ...indexLineOf(candidate(40_000 + (run % 5) * 500), ""),
    runId: `past-${String(run)}`,
  }));
const figure = ({ figures }: Comparison, name: Figure["name"], signal = "traces"): Figure =>
  figures.find((one) => one.name === name && one.signal === signal)!;

describe("a comparison", () => {
  it("makes its bands of runs on the deployment of the base only", () => {
    const elsewhere = history(20).map((one) => ({ ...one, deployment: "graceful" }));
    expect(compare(base, candidate(43_300), elsewhere).bandRuns).to.equal(0);
    expect(compare(base, candidate(43_300), history(20)).bandRuns).to.equal(20);
  });

  it("calls worse a regression only above the band of the runs that passed", () => {
    // Sample: 41.8 s. Median 41.0 s, MAD 0.5 s, so that the band reaches to 41.0 + 3 * 1.4826 * 0.5 s.
    const within = compare(base, candidate(43_200), history(20));
    expect(within.result).to.equal("no regression");
    expect(figure(within, "p99")).to.include({ change: "worse", regressed: false });
    expect(figure(within, "p99").band!.high).to.be.closeTo(43_223.9, 0.01);
    const above = compare(base, candidate(43_300), history(20));
    expect(above.result).to.equal("regression");
    expect(figure(above, "p99")).to.include({ change: "worse", regressed: true });
  });

  it("is undecided when something is worse and the noise is not known", () => {
    const { result, bandRuns } = compare(base, candidate(43_000), history(4));
    expect([result, bandRuns]).to.deep.equal(["undecided", 4]);
    expect(compare(base, candidate(40_000), history(4)).result).to.equal("no regression");
    const unmeasured = { ...candidate(40_000) };
    delete unmeasured.delivery;
    expect(compare(base, unmeasured, history(20)).result).to.equal("undecided");
  });

  it("knows no noise of another cluster", () => {
    const facts = { context: "staging", serverVersion: "v1", namespace: "chaos", lent: true };
    const borrowed = { ...facts, corefileRead: true };
    const environment = { ...record.environment, borrowed };
    const there = candidate(43_000, 0, { environment });
    expect(compare(base, there, history(20)).bandRuns).to.equal(0);
    const lines = history(20).map((line) => ({ ...line, context: "staging" }));
    expect(compare(base, there, lines).bandRuns).to.equal(20);
    expect(compare(base, candidate(43_000), lines).bandRuns).to.equal(0);
  });

  it("does not call a run noise because of itself", () => {
    const own = { ...indexLineOf(candidate(60_000), ""), runId: "candidate" };
    expect(compare(base, candidate(60_000), [...history(20), own]).result).to.equal("regression");
  });

  it("needs no band for unexplained loss and for a verdict that became a failure", () => {
    const failed = { ...sample({ verdict: "fail" }).record, runId: "candidate" };
    const comparison = compare(base, failed, []);
    expect(comparison.result).to.equal("regression");
    expect(figure(comparison, "lostUnexplained")).to.include({ candidate: 1, regressed: true });
    expect(compare(failed, { ...failed, runId: "again" }, []).result).to.equal("no regression");
    const unseen = candidate(41_800, 0, { verdict: "inconclusive" });
    expect(compare(base, unseen, history(20)).result).to.equal("undecided");
  });

  it("takes failed runs, other loads and other scenarios for no noise", () => {
    for (const change of [
      { verdict: "fail" },
      { workloadSha256: "another" },
      { scenario: "another" },
    ] satisfies Partial<IndexLine>[]) {
      const index = history(20).map((line) => ({ ...line, ...change }));
      expect(compare(base, candidate(43_000), index).bandRuns).to.equal(0);
    }
  });

  it("is refused in one line for another scenario, load or fault", () => {
    const { scenario } = record;
    const other = { ...scenario, name: "no-faults" };
    const unlike = { ...scenario, spec: { ...scenario.spec, loadMs: 5 } };
    for (const [wrong, says] of [
      [other, "is of scenario gateway-kill"],
      [unlike, "different loads or faults"],
    ] as const) {
      const act = (): unknown => compare(base, { ...candidate(1), scenario: wrong }, []);
      expect(act).to.throw(UsageError, says);
    }
  });

  it("is told with arrows and words, for the terminal and for a pull request", () => {
    const comparison = compare(base, candidate(43_300, 3), history(20));
    const text = comparisonText(comparison);
    expect(text).to.match(
      /^REGRESSION gateway-kill: candidate \(d1feaee2b0c4 \+ changes\) against/,
    );
    expect(text).to.match(
      /spans: delivery p99 +41\.8 s +43\.3 s +↑ WORSE than the noise +38\.8 s to/,
    );
    expect(text).to.match(/spans: lost, unexplained +0 +0 +→ same/);
    const hostile = { ...comparison, scenario: "a|b<img>\u001b[31m" };
    expect(comparisonMarkdown(hostile)).to.match(/^## ✗ regression: a\\\|b&lt;img&gt;/);
    expect(comparisonText(hostile)).to.not.contain("\u001b");
  });
});
