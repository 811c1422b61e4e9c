/** matrix.json: what each deployment guaranteed under each fault, from the runs on record. */
import { z } from "zod";
import { deploymentText } from "../model/scenario.js";
import { SIGNALS } from "../model/signal.js";
import { sameTarget, underTest, type IndexLine } from "./index-file.js";

export const MATRIX_SCHEMA_VERSION = 1;

const verdict = z.enum(["pass", "inconclusive", "fail"]);
const count = z.number().int().nonnegative();

const CellSignal = z.object({
  expected: count.describe("acknowledged and due at the backend"),
  lostExplained: count,
  lostUnexplained: count,
  received: count.describe("distinct items"),
  duplicated: count.describe("further receipts"),
});

const RunCell = z.object({
  kind: z.literal("run"),
  runId: z.string(),
  verdict,
  reason: z.string().nullable().describe("the cause in one sentence; null for a run that passed"),
  seed: z.string(),
  commit: z.string(),
  dirty: z.boolean(),
  startedAt: z.iso.datetime(),
  report: z.string().describe("path of report.html, from the directory of this file"),
  signals: z
    .record(z.enum(SIGNALS), CellSignal)
    .nullable()
    .describe("null when it is not on record"),
  affinity: verdict.nullable().describe("of trace-affinity; null when it was not judged"),
  misrouted: count.nullable().describe("items from a gateway that does not own them"),
  recoveryMs: z.number().nonnegative().nullable().describe("the longest of all faults"),
});

const NoCell = z.object({
  kind: z.literal("none"),
  reason: z.string().describe("why there is no run: never an empty cell"),
});

const Cell = z.discriminatedUnion("kind", [RunCell, NoCell]);
export type Cell = z.infer<typeof Cell>;
export type RunCell = z.infer<typeof RunCell>;

export const Matrix = z.object({
  schemaVersion: z.literal(MATRIX_SCHEMA_VERSION),
  createdAt: z.iso.datetime(),
  strict: z.boolean().describe("no explained loss was allowed"),
  deployments: z.array(z.string()).describe("the columns"),
  rows: z.array(
    z.object({
      scenario: z.string(),
      faults: z.array(z.string()),
      cells: z.array(Cell).describe("one a deployment, in their order"),
    }),
  ),
});
export type Matrix = z.infer<typeof Matrix>;

/** One run that a cell is about, or why there can be none. */
export type Asked =
  | {
      readonly kind: "run";
      readonly scenario: string;
      readonly target: { deployment: string; overlay?: string; collectorImage?: string };
      /** The load and the faults that the run must have had. */
      readonly workloadSha256: string;
      /** Whether lines of older versions, which do not name a deployment, are of this one. */
      readonly isOwn: boolean;
      /** What became of an attempt of now; undefined when none was made. */
      readonly trouble?: string | undefined;
    }
  | { readonly kind: "none"; readonly reason: string };

export interface MatrixInput {
  readonly createdAt: Date;
  readonly strict: boolean;
  readonly deployments: readonly string[];
  readonly rows: readonly {
    readonly scenario: string;
    readonly faults: readonly string[];
    readonly cells: readonly Asked[];
  }[];
}

/** The newest line of a run as it is asked for, in a cluster of our own; undefined when there is none. */
export function newestRun(
  asked: Extract<Asked, { kind: "run" }>,
  index: readonly IndexLine[],
  strict: boolean,
): IndexLine | undefined {
  return index.findLast(
    (line) =>
      line.scenario === asked.scenario &&
      line.strict === strict &&
      line.context === undefined &&
      line.workloadSha256 === asked.workloadSha256 &&
      (underTest(line) === null ? asked.isOwn : sameTarget(line, asked.target)),
  );
}

/** `reportOf` gives the path of a run's report, from where the matrix will lie, for its directory in the index. */
export function matrixOf(
  { createdAt, strict, deployments, rows }: MatrixInput,
  index: readonly IndexLine[],
  reportOf: (dir: string) => string,
): Matrix {
  const cellOf = (asked: Asked): Cell => {
    if (asked.kind === "none") return asked;
    const line = newestRun(asked, index, strict);
    if (line !== undefined) return runCell(line, reportOf(line.dir));
    const what = `${asked.scenario} on ${deploymentText(asked.target)}`;
    return { kind: "none", reason: asked.trouble ?? `not run: no run of ${what} is on record` };
  };
  return {
    schemaVersion: MATRIX_SCHEMA_VERSION,
    createdAt: createdAt.toISOString(),
    strict,
    deployments: [...deployments],
    rows: rows.map(({ scenario, faults, cells }) => ({
      scenario,
      faults: [...faults],
      cells: cells.map(cellOf),
    })),
  };
}

function runCell(line: IndexLine, report: string): RunCell {
  const { measures } = line;
  return {
    kind: "run",
    runId: line.runId,
    verdict: line.verdict,
    reason:
      line.verdict === "pass" ? null : (line.cause ?? "its index line is of an older version"),
    seed: line.seed,
    commit: line.gitSha,
    dirty: line.dirty,
    startedAt: line.startedAt,
    report,
    signals: measures?.signals ?? null,
    affinity: measures?.affinity ?? null,
    misrouted: measures?.misrouted ?? null,
    recoveryMs: measures?.recoveryMs ?? null,
  };
}
