import { expect } from "chai";
import fc from "fast-check";
import { closing, summary, terminalProgress, type ProgressStream } from "./terminal.js";
import { sample, sampleBroken } from "./sample.js";

/** A stream that remembers, and a clock that stands until it is moved. */
function bench(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream: ProgressStream = { isTTY, columns, write: (text) => written.push(text) };
  return { written, clock, stream, now: () => clock.ms, text: () => written.join("") };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("progress on a terminal", () => {
  it("ticks finished phases off with their duration and marks the one that failed", () => {
    const { clock, text, ...options } = bench(true);
    const progress = terminalProgress({ ...options, colour: false });
    progress.phase("provision");
    clock.ms = 38_200;
    progress.phase("deploy");
    clock.ms = 41_000;
    progress.close("failed");
    progress.close();
    expect(text()).to.contain("✓ provision 38.2 s\n").and.to.contain("✗ deploy 2.8 s\n");
    expect(text().split("✗")).to.have.length(2);
  });

  it("never lets the status line wrap or move the cursor, whatever the status", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 200 }),
        fc.string({ maxLength: 400 }),
        (columns, status) => {
          const { written, ...options } = bench(true, columns);
          const progress = terminalProgress({ ...options, colour: false });
          progress.phase("load");
          progress.status(status);
          progress.status("building\r\n\u001b[2Jthe image\u001b[A");
          for (const text of written) {
            const line = text.replace(/^\r\u001b\[K/, "").replace(/\n$/, "");
            expect(line).to.not.match(/[\u0000-\u001f\u007f-\u009f]/);
            expect(Array.from(line).length).to.be.below(columns);
          }
          progress.close();
          expect(written.slice(-2)).to.deep.equal(["\r\u001b[K", "✓ load 0 ms\n"]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("leaves the line alone while it is idle", () => {
    const { written, clock, ...options } = bench(true);
    const progress = terminalProgress({ ...options, colour: false });
    progress.phase("report");
    progress.status("writing");
    progress.idle();
    const before = written.length;
    clock.ms = 5_000;
    progress.event("latest points at it");
    expect(written.slice(before)).to.deep.equal(["  5.0 s latest points at it\n"]);
    progress.phase("teardown");
    expect(written.at(-1)).to.contain("teardown");
    progress.close();
  });

  it("puts events above the status line, which comes back", () => {
    const { written, ...options } = bench(true);
    const progress = terminalProgress({ ...options, colour: false });
    progress.phase("load");
    progress.event("kill-gateway injected");
    const at = written.findIndex((text) => text.includes("kill-gateway injected"));
    expect(written[at - 1]).to.equal("\r\u001b[K");
    expect(written[at + 1]).to.contain("load");
    progress.close();
  });
});

describe("progress in a log", () => {
  it("is plain lines, with a heartbeat that tells the status when nothing happens", async () => {
    const { text, clock, ...options } = bench(false);
    const progress = terminalProgress({ ...options, heartbeatMs: 10, colour: false });
    progress.phase("deploy");
    progress.status("2 of 3 gateways ready");
    clock.ms = 20_000;
    await pause(40);
    progress.close();
    const after = text();
    await pause(30);
    expect(text()).to.equal(after);
    expect(after).to.equal(
      "• deploy\n  20.0 s deploy 20.0 s · 2 of 3 gateways ready\n✓ deploy 20.0 s\n",
    );
  });
});

describe("the summary", () => {
  it("names verdict, cause, limit beside actual, books, report and command", () => {
    const { record } = sample({ verdict: "fail" });
    const text = summary(record, "/r/run", { columns: 100, colour: false, cwd: "/r" });
    expect(text).to.match(/^\n✗ FAIL gateway-kill\nzero-loss: 1 acknowledged span never arrived/);
    expect(text).to.match(/✗ zero-loss +0 unexplained, at most 20 % explained +1 unexplained/);
    expect(text).to.contain("41,000 spans acked").and.to.contain("1 unexplained");
    expect(text).to.contain("\nreport  run/report.html\n");
    expect(text).to.contain(`\nrepeat  ${record.command}\n`);
  });

  it("keeps the table within 60 to 200 columns", () => {
    const { record } = sample({ verdict: "fail" });
    for (const columns of [60, 80, 120, 200]) {
      const table = summary(record, "/r", { columns, colour: false }).split("invariant ")[1]!;
      for (const line of table.split("\n\n")[0]!.split("\n").slice(1)) {
        expect(line.length, line).to.be.at.most(columns);
      }
    }
  });

  it("says that books which do not add up do not", () => {
    const { record } = sample();
    const traces = { ...record.accounting.traces, acked: 1 };
    const broken = { ...record, accounting: { ...record.accounting, traces } };
    expect(summary(broken, "/r", { colour: false })).to.contain("the books do not add up");
  });
});

describe("the last lines", () => {
  it("name each run's report and the command that repeats it, broken runs too", () => {
    const { record } = sample({ verdict: "fail" });
    const runs = [{ kind: "judged" as const, record, runDir: "/r/run" }, sampleBroken];
    const lines = closing(runs, { colour: false, cwd: "/r" }).split("\n");
    expect(lines.slice(0, 4)).to.deep.equal([
      "",
      "✗ FAIL gateway-kill",
      "report  run/report.html",
      `repeat  ${record.command}`,
    ]);
    expect(lines[5]).to.equal("! BROKEN no-faults");
    expect(lines[6]).to.match(/^report .*summary\.md$/);
    expect(lines[7]).to.equal(`repeat  ${sampleBroken.command}`);
    expect(closing([])).to.equal("");
  });

  it("say of a control that it was not found out", () => {
    const { record } = sample({ verdict: "pass" });
    const spec = { expect: { verdict: "fail", invariant: "zero-loss" } };
    const missed = { ...record, scenario: { ...record.scenario, spec } };
    const run = { kind: "judged" as const, record: missed, runDir: "/r/run" };
    expect(closing([run], { colour: false, cwd: "/r" })).to.contain(
      "must be FAIL through zero-loss. It was NOT found out.\nreport ",
    );
  });
});
