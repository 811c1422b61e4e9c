import { mkdtemp, mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect } from "chai";
import { scenarios } from "../../scenarios/suites.js";
import { indexRun } from "../report/index-file.js";
import type { Matrix } from "../report/matrix.js";
import { sample } from "../report/sample.js";
import { callMain } from "./test-main.js";

describe("chaos matrix --from-reports", () => {
  let reports: string;
  beforeEach(async () => {
    reports = await mkdtemp(join(tmpdir(), "chaos-matrix-"));
  });
  afterEach(() => rm(reports, { recursive: true }));

  /** A run of a scenario as it is defined, on record. */
  async function ran(name: string, deployment: string): Promise<void> {
    const spec = { ...scenarios.find((one) => one.name === name)! };
    const { record } = sample();
    const own = {
      ...record,
      scenario: { ...record.scenario, name, spec },
      deployment: { ...record.deployment, name: deployment },
    };
    const dir = join(reports, "runs", name, deployment);
    await mkdir(dir, { recursive: true });
    await indexRun(reports, dir, own);
  }
  const matrix = async (...args: string[]): Promise<Matrix> => {
    const all = ["matrix", ...args, "--from-reports", "--json", "-o", reports];
    const { exitCode, out, err } = await callMain(all, { cwd: reports });
    const from = `${relative(process.cwd(), reports)}/`;
    expect({ exitCode, err: err.replaceAll(from, "/") }).to.deep.equal({
      exitCode: 0,
      err: "matrix    /matrix.html, /matrix.md, /matrix.json\n",
    });
    return JSON.parse(out) as Matrix;
  };

  it("prints what is on record, and runs nothing for what is not", async () => {
    await ran("gateway-kill", "graceful");
    const { rows, deployments } = await matrix(
      ...["gateway-kill", "queue-off", "--deployments", "corrected,graceful"],
    );
    expect(deployments).to.deep.equal(["corrected", "graceful"]);
    const told = rows.map(({ cells }) =>
      cells.map((cell) => (cell.kind === "run" ? cell.report : cell.reason)),
    );
    expect(told).to.deep.equal([
      [
        "not run: no run of gateway-kill on corrected is on record",
        "runs/gateway-kill/graceful/report.html",
      ],
      [
        "not run: no run of queue-off on queue-off is on record",
        "not run: --deployment graceful: queue-off is about a mistake in queue-off and says nothing of another " +
          "deployment; leave it out (--grep-invert queue-off)",
      ],
    ]);
    expect(await readFile(join(reports, "matrix.md"), "utf8")).to.contain("[✓ PASS](./runs/");
  });

  it("has a column for each collector of each deployment", async () => {
    const { deployments, rows } = await matrix(
      ...["gateway-kill", "--deployments", "corrected,current"],
      ...["--collector-version", "0.160.0,0.161.0"],
    );
    const contrib = "otel/opentelemetry-collector-contrib";
    expect(deployments).to.deep.equal([
      `corrected with ${contrib}:0.160.0`,
      `corrected with ${contrib}:0.161.0`,
      `current with ${contrib}:0.160.0`,
      `current with ${contrib}:0.161.0`,
    ]);
    expect(rows[0]!.cells[3]).to.deep.equal({
      kind: "none",
      reason: `not run: no run of gateway-kill on current with ${contrib}:0.161.0 is on record`,
    });
  });

  it("asks for what a scenario needs over a deployment by both names", async () => {
    const { rows } = await matrix("no-faults-busy", "--deployments", "graceful");
    expect(rows[0]!.cells[0]).to.deep.equal({
      kind: "none",
      reason: "not run: no run of no-faults-busy on three-gateways over graceful is on record",
    });
  });
});
