import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { alsoTelling, jsonProgress, logFile, type LogLine } from "./log.js";

const at = "2026-01-01T00:00:00.000Z";
const now = (): Date => new Date(at);

function kept(level?: "info" | "warn") {
  const lines: LogLine[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as LogLine);
  const progress = jsonProgress(write, { now, ...(level === undefined ? {} : { level }) });
  return { lines, progress };
}

describe("progress as lines of JSON", () => {
  it("has time, level, kind and text, one line each whatever the text holds", () => {
    const { lines, progress } = kept();
    progress.phase("deploy");
    progress.warn('two\nlines, "quoted"');
    expect(lines).to.deep.equal([
      { at, level: "info", kind: "phase", text: "deploy" },
      { at, level: "warn", kind: "warning", text: 'two lines, "quoted"' },
    ]);
  });

  it("tells a status once as long as it is the same", () => {
    const { lines, progress } = kept();
    for (const text of ["1 of 3", "1 of 3", "", "2 of 3"]) progress.status(text);
    expect(lines.map(({ text }) => text)).to.deep.equal(["1 of 3", "2 of 3"]);
  });

  it("leaves out what is less important than asked for, and everything after its end", () => {
    const { lines, progress } = kept("warn");
    progress.event("no");
    progress.warn("yes");
    progress.close();
    progress.warn("too late");
    expect(lines.map(({ text }) => text)).to.deep.equal(["yes"]);
  });

  it("goes into a file beside what is shown", async () => {
    const dir = await mkdtemp(join(tmpdir(), "chaos-log-"));
    try {
      const path = join(dir, "logs", "a.ndjson");
      const shown = kept();
      const { log, end } = await logFile(path);
      const both = alsoTelling(shown.progress, log);
      both.event("struck");
      await end();
      const line = JSON.parse(await readFile(path, "utf8")) as LogLine;
      expect(line).to.include({ kind: "event", text: "struck" });
      expect(shown.lines).to.have.length(1);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
