/** The report in a real browser, as a reader opens it: from a file, without a network. */
import { expect } from "chai";
import type { Page } from "playwright-core";
import { htmlReport } from "./html.js";
import { sample } from "./sample.js";
import { HOSTILE, testBrowser, type TestBrowser } from "./test-browser.js";

describe("report.html in Chromium", () => {
  let browser: TestBrowser | undefined;
  let page: Page;

  before(async () => {
    browser = await testBrowser();
    page = browser.page;
    const { record, series } = sample({ verdict: "fail", podName: HOSTILE });
    await browser.open("report.html", htmlReport(record, series));
  });
  after(() => browser?.close());

  /** How many canvases there are, and how many of them hold more than 500 painted pixels. */
  const canvases = (): Promise<{ all: number; painted: number }> =>
    page.evaluate(`(() => {
      const all = [...document.querySelectorAll("#charts canvas")];
      const painted = all.filter((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let i = 3; i < data.length; i += 4) if (data[i] > 0) count++;
        return count > 500;
      });
      return { all: all.length, painted: painted.length };
    })()`);

  it("shows the verdict, its cause, and six charts that are drawn", async () => {
    expect(await page.locator("header").innerText()).to.contain("FAIL");
    expect(await page.locator("h1").innerText()).to.match(/^zero-loss: 1 acknowledged span/);
    expect(await canvases()).to.deep.equal({ all: 6, painted: 6 });
  });

  it("shows a hostile pod name as text wherever it appears", async () => {
    expect(await page.locator("#lanes").textContent()).to.contain(HOSTILE);
    expect(await page.locator("#timeline table").first().innerText()).to.contain(HOSTILE);
    expect(await page.locator("#charts .u-legend").nth(1).textContent()).to.contain(HOSTILE);
    expect(await page.locator("img").count()).to.equal(0);
  });

  it("finds a lost trace by its ID and tells what became of each span", async () => {
    const { series } = sample({ verdict: "fail", podName: HOSTILE });
    const [group] = series.lost.shown;
    await page.locator("#lost-query").fill(group!.key.slice(0, 20).toUpperCase());
    const found = page.locator("#lost-list details.group");
    expect(await found.count()).to.equal(1);
    const text = await found.innerText();
    expect(text).to.contain(group!.key).and.to.contain("unexplained");
    expect(await found.locator("tbody tr").count()).to.equal(10);
    expect(await found.locator("tr.lost").innerText()).to.contain("LOST");
    expect(text).to.contain("Predicted owner: ");
    expect(text).to.match(
      /Ring at \+\d:\d\d\.\d: .*otel-gateway.*First lost send [\d.]+ s before fault #1/,
    );
    expect(text)
      .to.contain("120 ms")
      .and.to.match(/at tempo from otel-gateway/);
    await found.locator("details.logs summary").click();
    const logs = await found.locator("details.logs").innerText();
    expect(logs).to.match(/^Collectors’ logs ± 5 s: 2; 3 lines of all collectors are left out/);
    expect(logs).to.match(/otel-agent-4kq2v warn\s+failed to resolve <b>a host<\/b>/);
    await page.locator("#lost-query").fill("no such trace");
    expect(await page.locator("#lost-status").innerText()).to.match(/^Nothing among the 300/);
    await page.locator("#lost-query").fill(group!.items[3]!.id);
    expect(await found.count()).to.equal(1);
    await page.locator("#lost-query").fill("");
    expect(await page.locator("#lost-status").innerText()).to.equal("Showing 25 of 300.");
  });

  it("zooms every chart and the pods' lanes together, by button and key", async () => {
    const injected = page.locator("#lanes rect.fault");
    const before = Number.parseFloat((await injected.getAttribute("width"))!);
    await page.locator("button[data-zoom=fault]").focus();
    await page.keyboard.press("Enter");
    const after = Number.parseFloat((await injected.getAttribute("width"))!);
    expect(after).to.be.greaterThan(before * 2);
    await page.locator("button[data-zoom=all]").click();
    expect(Number.parseFloat((await injected.getAttribute("width"))!)).to.be.closeTo(before, 0.01);
  });

  it("writes the names of faults where they have room, else their numbers, and zooms to any of them", async () => {
    const { record, series } = sample();
    const [fault] = record.faults;
    const faults = Array.from({ length: 14 }, (_, index) => ({
      ...fault!,
      index,
      injectedAtMs: fault!.injectedAtMs! + index * 2_000,
      healedAtMs: fault!.injectedAtMs! + index * 2_000 + 1_000,
    }));
    await browser!.open("many.html", htmlReport({ ...record, faults }, series));
    const names = `(() => {
      const widthOf = (text) => text.length * 6;
      const at = (index, x) => ({ index, description: "kill-gateway", x, endX: x + 10, left: 0 });
      const placed = placeNames([at(0, 0), at(1, 300), at(2, 305), at(3, 900)], { right: 800, widthOf });
      return placed.map(({ text, row }) => [text, row]);
    })()`;
    expect(await page.evaluate(names)).to.deep.equal([
      ...[
        ["fault #1: kill-gateway", 0],
        ["#2", 0],
      ],
      ["fault #3: kill-gateway", 1],
    ]);
    const band = page.locator("#lanes rect.fault").nth(13);
    const before = Number.parseFloat((await band.getAttribute("width"))!);
    await page.locator("#fault-zoom").focus();
    await page.keyboard.press("End");
    const after = Number.parseFloat((await band.getAttribute("width"))!);
    expect(after).to.be.greaterThan(before * 2);
    expect(await page.locator(".scroll:not([tabindex='0'])").count()).to.equal(0);
    const { record: failed, series: own } = sample({ verdict: "fail", podName: HOSTILE });
    await browser!.open("report.html", htmlReport(failed, own));
  });

  it("shows another signal, and the numbers under each chart as a table", async () => {
    await page.locator("input[value=logs]").check();
    expect(await page.locator("#charts figcaption").first().innerText()).to.contain("log records");
    await page.locator("#charts summary").first().click();
    const cells = page.locator("#charts details").first().locator("tbody tr").nth(3).locator("td");
    expect(await cells.allInnerTexts()).to.deep.equal(["0:03", "100", "100"]);
  });

  it("holds in the dark, on a phone and on paper", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).to.equal(
      "rgb(21, 24, 28)",
    );
    expect((await canvases()).painted).to.equal(5);
    await page.setViewportSize({ width: 400, height: 800 });
    // The charts follow the new width a frame or more later; the page may not evaluate text, so it cannot wait for one.
    await page.evaluate(`new Promise((resolve, reject) => {
      const look = (frames) => {
        if (document.documentElement.scrollWidth === 400) resolve();
        else if (frames === 0) reject(new Error("the page is wider than the phone"));
        else requestAnimationFrame(() => look(frames - 1));
      };
      look(300);
    })`);
    // What was wrong with the guide is read without scrolling sideways.
    const corrections = `document.querySelector('[aria-label="Corrections"]')`;
    const hidden = `${corrections}.scrollWidth - ${corrections}.clientWidth`;
    expect(await page.evaluate(hidden)).to.equal(0);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.locator("nav").isVisible()).to.equal(false);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).to.equal(
      "rgb(255, 255, 255)",
    );
    expect((await page.pdf()).byteLength).to.be.greaterThan(20_000);
  });

  it("complains about nothing and asks for nothing while all that happens", () => {
    expect(browser!.complaints).to.deep.equal([]);
  });
});
