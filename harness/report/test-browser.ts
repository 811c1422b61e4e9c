/** Chromium for the tests of pages: opened as a reader opens them, from a file and without a network. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** A name that would do harm wherever it is not taken for text. */
export const HOSTILE = `x"><img src=http://127.0.0.1:9/p onerror=alert(1)></script><script>alert(2)</script>`;

export interface TestBrowser {
  readonly page: Page;
  /** Console errors, page errors, dialogs and every request that is not for the file itself. */
  readonly complaints: readonly string[];
  /** Opens the text as a file of that name. */
  open(name: string, text: string): Promise<void>;
  close(): Promise<void>;
}

export async function testBrowser(): Promise<TestBrowser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`${CHROMIUM} is missing: apt-get install chromium, or set CHROMIUM to one`);
  }
  const dir = await mkdtemp(join(tmpdir(), "report-"));
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const complaints: string[] = [];
  let opened = "";
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== opened) complaints.push(`request ${request.url()}`);
  });
  return {
    page,
    complaints,
    open: async (name, text) => {
      await writeFile(join(dir, name), text);
      opened = pathToFileURL(join(dir, name)).href;
      await page.goto(opened);
    },
    close: async () => {
      await browser.close();
      await rm(dir, { recursive: true });
    },
  };
}
