/** The pages of suites and sign-offs, and the report of a very large run, in a real browser. */
import { expect } from "chai";
import type { Page } from "playwright-core";
import { htmlReport } from "./html.js";
import { indexLineOf } from "./index-file.js";
import { MAX_MARKS } from "./read-series.js";
import { sample } from "./sample.js";
import type { LostGroup, ReportSeries } from "./series.js";
import { signOffHtml } from "./sign-off-html.js";
import { signOff } from "./sign-off.js";
import { suiteHtml } from "./suite-html.js";
import { suiteRecord } from "./suite.js";
import { HOSTILE, testBrowser, type TestBrowser } from "./test-browser.js";

const { record } = sample({ verdict: "fail" });
const hostile = { ...record, headline: HOSTILE, scenario: { ...record.scenario, name: HOSTILE } };

function suitePage(): string {
  const line = { ...indexLineOf(hostile, HOSTILE), dirty: false, runId: HOSTILE };
  const suite = suiteRecord(
    [{ kind: "judged", record: hostile, runDir: HOSTILE }],
    [line, { ...line, verdict: "pass" }],
    { createdAt: new Date(0), reportOf: (runDir) => runDir },
  );
  return suiteHtml(suite);
}

function signOffPage(): string {
  return signOffHtml(
    signOff({
      version: "1.4.0",
      suite: HOSTILE,
      now: new Date(0),
      required: [{ name: HOSTILE, control: false, spec: {} }],
      repetitions: 1,
      strict: false,
      runs: [{ record: hostile, path: HOSTILE, sha256: HOSTILE }],
      others: [],
      unreadable: [HOSTILE],
      waivers: [],
    }),
  );
}

/** What a run of a million spans would put into its report: every cap is reached. */
function largeSeries(): ReportSeries {
  const { series } = sample({ verdict: "fail" });
  const buckets = 900;
  const stretch = <T>(values: readonly T[]): T[] =>
    Array.from({ length: buckets }, (_, n) => values[n % values.length]!);
  const group = series.lost.shown[0]!;
  const items = stretch(group.items.map((item) => ({ ...item, lost: true })));
  // 150 traces, metric points and log records each; only a trace has more than one item.
  const shown = Array.from({ length: 450 }, (_, n): LostGroup => {
    const lostItems = n < 150 ? 60 : 1;
    const key = n.toString(16).padStart(32, "0");
    return { ...group, key, lostItems, totalItems: lostItems, items: items.slice(0, lostItems) };
  });
  const sentMs = Array.from({ length: MAX_MARKS }, (_, n) => series.startMs + n * 90);
  const positions = sentMs.map((_, n) => (n * 7_919) % 36_000);
  const text = `warn\t${"x".repeat(395)}`;
  const line = { atMs: group.items[0]!.sends[0]!.sentMs, pod: "otel-agent-4kq2v", text };
  return {
    ...series,
    buckets,
    signals: series.signals.map((signal) => ({
      ...signal,
      sent: stretch(signal.sent),
      acked: stretch(signal.acked),
      received: Array.from({ length: 12 }, (_, n) => ({
        gateway: `otel-gateway-5d9c7b6f4-${String(n)}`,
        counts: stretch(signal.received[n % 4]!.counts),
      })),
      lostExplained: stretch(signal.lostExplained),
      lostUnexplained: stretch(signal.lostUnexplained),
      ackP50Ms: stretch(signal.ackP50Ms),
      ackP99Ms: stretch(signal.ackP99Ms),
      deliveryP50Ms: stretch(signal.deliveryP50Ms),
      deliveryP99Ms: stretch(signal.deliveryP99Ms),
    })),
    traces: (["delivered", "sampled out", "undecidable", "leaked", "lost, explained"] as const).map(
      (outcome) => ({ outcome, total: 100_000, sentMs, positions }),
    ),
    lost: { total: 100_000, shown },
    logs: { total: 90_000, shown: Array.from({ length: 1_500 }, () => line) },
  };
}

describe("pages about several runs, in Chromium", () => {
  let browser: TestBrowser | undefined;
  let page: Page;
  before(async () => {
    browser = await testBrowser();
    page = browser.page;
  });
  after(() => browser?.close());

  for (const [name, make, word] of [
    ["suite.html", suitePage, "FAIL"],
    ["sign-off.html", signOffPage, "NOT APPROVED"],
  ] as const) {
    it(`${name} shows every hostile text as text, also in the dark, on a phone and on paper`, async () => {
      await browser!.open(name, make());
      await page.setViewportSize({ width: 1280, height: 900 });
      expect(await page.locator("header").innerText()).to.contain(word);
      expect(await page.locator("main").innerText()).to.contain(HOSTILE);
      expect(await page.locator("img, script").count()).to.equal(0);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of [1280, 400]) {
          await page.setViewportSize({ width, height: 800 });
          const shown = await page.evaluate("document.documentElement.scrollWidth");
          expect(shown, colorScheme).to.equal(width);
        }
      }
      await page.emulateMedia({ media: "print", colorScheme: "light" });
      expect(await page.locator("nav").isVisible()).to.equal(false);
      expect((await page.pdf()).byteLength).to.be.greaterThan(10_000);
      await page.emulateMedia({ media: "screen" });
    });

    it(`${name} is read with the keyboard: skip link, sections, tables that scroll`, async () => {
      await browser!.open(name, make());
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.className")).to.equal("skip");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("location.hash")).to.equal("#main");
      expect(await page.locator(".scroll:not([tabindex='0'])").count()).to.equal(0);
    });
  }

  it("a report of a million spans stays under 10 MB and opens within seconds", async () => {
    const text = htmlReport(record, largeSeries());
    expect(text.length).to.be.within(2_000_000, 10_000_000);
    await browser!.open("large.html", text);
    const openedMs: number = await page.evaluate(
      "performance.getEntriesByType('navigation')[0].loadEventEnd",
    );
    // Two seconds on a machine of its own; here tests and clusters share two cores.
    expect(openedMs).to.be.below(10_000);
    expect(await page.locator("#charts").innerText()).to.contain(
      "delivered 100,000 (10,000 drawn)",
    );
  });

  it("complain about nothing and ask for nothing", () => {
    expect(browser!.complaints).to.deep.equal([]);
  });
});
