import { expect } from "chai";
import { formatCount, unbroken } from "./format.js";
import { htmlReport } from "./html.js";
import { sample } from "./sample.js";

/** The page without its style sheet, scripts and data. */
const markupOf = (page: string): string =>
  page.replace(/<(script|style)\b[^]*?<\/\1>/g, "").replace(/[ \n]+/g, " ");

describe("report.html", () => {
  it("says the verdict and the cause before anything else", () => {
    const { record, series } = sample({ verdict: "fail" });
    const markup = markupOf(htmlReport(record, series));
    expect(markup).to.match(/<title>FAIL gateway-kill /);
    expect(markup).to.match(/FAIL ?<\/p> <h1>zero-loss: 1 acknowledged span never arrived/);
  });

  it("says under the headline what most of the loss was, unless nothing explains it", () => {
    const { record, series } = sample();
    const most = record.losses.reduce((a, b) => (b.items > a.items ? b : a));
    const of = (losses: typeof record.losses): string =>
      markupOf(htmlReport({ ...record, losses }, series));
    expect(of(record.losses)).to.match(/lost items were probably in the gateway&#39;s [a-z -]+: /);
    expect(of([{ ...most, seen: true }])).to.match(
      /lost items were in the gateway&#39;s [a-z -]+: /,
    );
    expect(of([{ ...most, rule: null }])).to.not.contain("lost items were");
  });

  it("shows every invariant with limit and actual, and the books with their zeros", () => {
    const { record, series } = sample();
    const markup = markupOf(htmlReport(record, series));
    for (const { kind, limit, actual } of record.invariants) {
      expect(markup).to.contain(`<h3>${kind}</h3>`);
      expect(markup).to.contain(`<dd>${unbroken(limit)}</dd>`);
      expect(markup).to.contain(`<dd>${unbroken(actual)}</dd>`);
    }
    expect(markup).to.match(/<\/span>refused<\/th> <td class="n zero">0<\/td>/);
    expect(markup).to.contain(`✓ ${formatCount(record.accounting.traces.attempted)}`);
  });

  it("shows the planted defects, missed ones first, when there were any", () => {
    const { record, series } = sample();
    expect(markupOf(htmlReport(record, series))).to.not.contain("Proof of the judge");
    const defect = { says: "a <b>span</b> is missing", expected: { "zero-loss": "fail" as const } };
    const defects = [
      { ...defect, seen: defect.expected, caught: true },
      { ...defect, says: "a log is missing", seen: {}, caught: false },
    ];
    const plantedDefects = { plantedAt: record.finishedAt, defects };
    const markup = markupOf(htmlReport({ ...record, plantedDefects }, series));
    expect(markup).to.contain("1 of 2 defects, planted one at a time");
    expect(markup).to.match(/a log is missing.*✗ no.*a &lt;b&gt;span.*zero-loss fail.*✓ yes/);
  });

  it("says whose cluster it was, and that its DNS was assumed, when it was not the harness's", () => {
    const { record, series } = sample();
    expect(markupOf(htmlReport(record, series))).not.to.match(/borrowed cluster|so assumed/);
    const facts = { context: "staging", serverVersion: "v1.34.0", namespace: "chaos", lent: true };
    const borrowed = { ...facts, corefileRead: false };
    const environment = { ...record.environment, borrowed };
    const markup = markupOf(htmlReport({ ...record, environment }, series));
    expect(markup).to.match(/borrowed cluster<\/dt> <dd>context staging, v1.34.0</);
    expect(markup)
      .to.contain("chaos, lent for it")
      .and.to.match(/DNS: not readable, so assumed/);
  });

  it("shows that books do not add up, whatever the record believes", () => {
    const { record, series } = sample();
    const traces = { ...record.accounting.traces, delivered: 7, balances: true };
    const broken = { ...record, accounting: { ...record.accounting, traces } };
    expect(markupOf(htmlReport(broken, series))).to.contain("does not add up");
  });

  it("links what explains a loss to the upstream issue and marks what nothing explains", () => {
    const { record, series } = sample({ verdict: "fail" });
    const markup = markupOf(htmlReport(record, series));
    expect(markup).to.contain(
      'href="https://github.com/open-telemetry/opentelemetry-collector-contrib/issues/26490"',
    );
    expect(markup).to.contain("✗ unexplained");
  });

  it("tells how the system did before, during and after the fault", () => {
    const { record, series } = sample();
    const text = markupOf(htmlReport(record, series))
      .replace(/<[^>]+>/g, " ")
      .replace(/\s+/g, " ");
    expect(text).to.contain("Before (32.0 s) Fault (9.0 s) After (45.0 s)");
    expect(text).to.contain("metric points sent per second 50 50 45.6");
    expect(text).to.contain("metric points lost 5.6 % 0 % 0 %");
    expect(markupOf(htmlReport({ ...record, faults: [] }, series))).to.not.contain("Before (");
  });

  it("stays under 3 MB for a smoke run and refers to nothing that must be loaded", () => {
    const { record, series } = sample();
    const page = htmlReport(record, series);
    expect(Buffer.byteLength(page)).to.be.below(3_000_000);
    expect(page).to.not.match(/<(?:link|img|iframe|script)[^>]+(?:src|href)=/);
    expect(page).to.not.match(/@import|url\(["']?(?!#|"#)/);
  });

  it("holds the manifests as they were applied, as text", () => {
    const { record, series } = sample();
    const markup = markupOf(htmlReport(record, series));
    expect(markup).to.contain("name: observability # &lt;b&gt;");
  });

  it("can be rendered without the history, and says so", () => {
    const markup = markupOf(htmlReport(sample().record));
    expect(markup).to.contain("there are no charts");
  });
});
