import { expect } from "chai";
import type { RunRecord } from "../model/run-record.js";
import { indexLineOf, type IndexLine } from "./index-file.js";
import { matrixHtml } from "./matrix-html.js";
import { matrixMarkdown, matrixText } from "./matrix-text.js";
import { matrixOf, type Asked, type Matrix } from "./matrix.js";
import { sample } from "./sample.js";

const { record } = sample();
const on = (deployment: string, change: Partial<RunRecord> = {}): RunRecord => ({
  ...record,
  ...change,
  deployment: { ...record.deployment, name: deployment },
});
const line = (one: RunRecord, change: Partial<IndexLine> = {}): IndexLine => ({
  ...indexLineOf(one, `runs/gateway-kill/${one.runId}`),
  ...change,
});
const { workloadSha256 = "" } = line(record);
const asked = (deployment: string, more: Partial<Extract<Asked, { kind: "run" }>> = {}): Asked => ({
  kind: "run",
  scenario: "gateway-kill",
  target: { deployment },
  workloadSha256,
  isOwn: deployment === "corrected",
  ...more,
});
const matrix = (cells: readonly Asked[], index: readonly IndexLine[], strict = false): Matrix =>
  matrixOf(
    {
      createdAt: new Date(0),
      strict,
      deployments: ["corrected", "graceful"].slice(0, cells.length),
      rows: [{ scenario: "gateway-kill", faults: ["kill-gateway (one)"], cells }],
    },
    index,
    (dir) => `${dir}/report.html`,
  );
const cells = (one: Matrix) => one.rows[0]!.cells;

describe("the matrix", () => {
  it("takes the newest run of the same scenario, load, deployment, collector and strictness", () => {
    const index = [
      line(on("corrected", { runId: "old" })),
      line(on("corrected", { runId: "new" })),
      line(on("graceful", { runId: "another deployment" })),
      line(on("corrected", { runId: "strict", strict: true })),
      line(on("corrected", { runId: "another load" }), { workloadSha256: "x" }),
      line(on("corrected", { runId: "another collector" }), { collectorImage: "a/b:1" }),
      line(on("corrected", { runId: "laid over" }), { overlay: "three-gateways" }),
      line(on("corrected", { runId: "another cluster" }), { context: "staging" }),
    ];
    expect(cells(matrix([asked("corrected")], index))[0]).to.include({ kind: "run", runId: "new" });
    const [strict] = cells(matrix([asked("corrected")], index, true));
    expect(strict).to.include({ runId: "strict" });
    const target = { deployment: "corrected", collectorImage: "a/b:1" };
    const [other] = cells(matrix([asked("corrected", { target })], index));
    expect(other).to.include({ runId: "another collector" });
  });

  it("takes a line that names no deployment for the scenario's own only", () => {
    const old = line(on("corrected"));
    delete old.deployment;
    const both = cells(matrix([asked("corrected"), asked("graceful")], [old]));
    expect(both.map(({ kind }) => kind)).to.deep.equal(["run", "none"]);
  });

  it("has no cell without a run or the reason for none, and shows runs that failed", () => {
    const failed = sample({ verdict: "fail" }).record;
    const made = matrix(
      [asked("corrected"), asked("graceful", { trouble: "not run: Docker does not answer" })],
      [line(failed)],
    );
    expect(cells(made)[0]).to.include({ verdict: "fail" });
    expect(cells(made)[1]).to.deep.equal({
      kind: "none",
      reason: "not run: Docker does not answer",
    });
    expect(cells(matrix([asked("graceful")], []))[0]).to.deep.equal({
      kind: "none",
      reason: "not run: no run of gateway-kill on graceful is on record",
    });
    const text = matrixText(made, 120);
    expect(text).to.match(/^ {2}corrected +graceful$/m);
    expect(text).to.contain("gateway-kill: kill-gateway (one)");
    expect(text).to.match(/✗ FAIL +– not run/);
    expect(text).to.match(/1 acknowledged span never arrived +Docker does not answer/);
    expect(text).to.contain("1 UNEXPLAINED");
  });

  it("says why a run is inconclusive, and what an older version did not record", () => {
    const unsure = line(sample({ verdict: "inconclusive" }).record);
    delete unsure.measures;
    expect(matrixText(matrix([asked("corrected")], [unsure]))).to.match(
      /\? INCONCLUSIVE[^]*killed nothing[^]*figures not on record[^]*affinity not judged/,
    );
    delete unsure.cause;
    expect(matrixText(matrix([asked("corrected")], [unsure]))).to.contain("of an older version");
  });

  it("gives loss by signal, duplicates, affinity and recovery, with a link to the run", () => {
    const made = matrix([asked("corrected")], [line(record)]);
    const markdown = matrixMarkdown(made);
    expect(markdown).to.match(/\[✓ PASS\]\(\.\/runs\/gateway-kill\/[\w-]+\/report\.html\)/);
    expect(markdown).to.match(
      /spans [\d.]+ % explained<br>metric points [\d.]+ % explained<br>log records/,
    );
    expect(markdown).to.match(/duplicates [\d.]+ %<br>affinity \w+[^|]*<br>recovery/);
  });

  it("as HTML allows no script, and takes every text for hostile", () => {
    const hostile = line(on("corrected"), {
      verdict: "fail",
      cause: "<script>alert(1)</script>",
      dir: "javascript:alert(1)",
    });
    const page = matrixHtml(matrix([asked("corrected"), asked("graceful")], [hostile]));
    expect(page).to.contain(`content="default-src &#39;none&#39;`);
    expect(page).to.not.contain("<script");
    expect(page).to.contain('href="./javascript%3Aalert(1)/report.html"');
    expect(page).to.contain("0 of 2 cells passed");
  });
});
