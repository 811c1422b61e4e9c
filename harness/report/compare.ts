/** Two runs of one scenario side by side, each figure against the noise of the runs that passed. */
import { z } from "zod";
import { UsageError } from "../model/errors.js";
import type { RunRecord } from "../model/run-record.js";
import { SIGNALS, type Signal } from "../model/signal.js";
import type { Verdict } from "../model/verdict.js";
import { countsOf, indexLineOf, sameTarget, targetOf, type IndexLine } from "./index-file.js";
import { measuresOf, type Measures } from "./measures.js";
import { BAND_RUNS, bandOf, type Band } from "./noise-band.js";
import { workloadSha256 } from "./workload-identity.js";

export const COMPARISON_SCHEMA_VERSION = 1;

const verdict = z.enum(["pass", "inconclusive", "fail"]);
const value = z.number().nonnegative().nullable();

const Side = z.object({
  runId: z.string(),
  verdict,
  counts: verdict.describe("the same, but a control that was found out counts as a pass"),
  commit: z.string(),
  dirty: z.boolean(),
  deployment: z.string(),
  configSha256: z.string(),
});

const Figure = z.object({
  name: z.enum(["lostUnexplained", "lostExplained", "duplicated", "p50", "p99", "recovery"]),
  signal: z.enum(SIGNALS).nullable().describe("null for a figure of the whole run"),
  unit: z.enum(["items", "share", "ms"]).describe("a share is of 1"),
  base: value,
  candidate: value,
  band: z.object({ low: z.number(), high: z.number() }).nullable().describe("null when unknown"),
  change: z.enum(["better", "same", "worse", "unknown"]),
  regressed: z.boolean().nullable().describe("worse and above the band; null when nobody can say"),
});
export type Figure = z.infer<typeof Figure>;

export const Comparison = z.object({
  schemaVersion: z.literal(COMPARISON_SCHEMA_VERSION),
  scenario: z.string(),
  base: Side,
  candidate: Side,
  bandRuns: z.number().int().describe("passing runs that the bands are made of"),
  figures: z.array(Figure),
  result: z.enum(["no regression", "regression", "undecided"]),
});
export type Comparison = z.infer<typeof Comparison>;

/**
 * Compares `candidate` with `base`. The bands are made of the runs in `index` that passed with the same load and
 * faults on the deployment of `base`, the candidate itself left out. UsageError for runs that cannot be compared.
 *
 * Every figure is better when smaller. It regressed when it is larger than in `base` and above its band. Without
 * a band nobody can say, but for unexplained loss: no run that passed has any. A verdict that became `fail` is a
 * regression; one that became `inconclusive` leaves it undecided.
 */
export function compare(
  base: RunRecord,
  candidate: RunRecord,
  index: readonly IndexLine[],
): Comparison {
  checkComparable(base, candidate);
  const own = candidate.runId;
  const history = index
    .filter((line) => line.runId !== own && isPassOf(line, candidate))
    .filter((line) => sameTarget(line, targetOf(base)))
    .slice(-BAND_RUNS.most)
    .flatMap(({ measures }) => measures ?? []);
  const figures = figuresOf(measuresOf(base), measuresOf(candidate), history);
  const [before, after] = [sideOf(base), sideOf(candidate)];
  return {
    schemaVersion: COMPARISON_SCHEMA_VERSION,
    scenario: candidate.scenario.name,
    base: before,
    candidate: after,
    bandRuns: history.length,
    figures,
    result: resultOf(before.counts, after.counts, figures),
  };
}

/** Whether the line is of a run that passed, with the scenario, load and faults of `record`. */
export const isPassOf = (line: IndexLine, record: RunRecord): boolean =>
  line.scenario === record.scenario.name &&
  line.workloadSha256 === workloadSha256(record) &&
  line.context === record.environment.borrowed?.context &&
  countsOf(line) === "pass";

function checkComparable(base: RunRecord, candidate: RunRecord): void {
  const names = [base.scenario.name, candidate.scenario.name];
  if (names[0] !== names[1]) {
    throw new UsageError(
      `${base.runId} is of scenario ${String(names[0])}, ${candidate.runId} of ${String(names[1])}: ` +
        "compare runs of one scenario",
    );
  }
  if (workloadSha256(base) === workloadSha256(candidate)) return;
  throw new UsageError(
    `${base.runId} and ${candidate.runId} had different loads or faults: ` +
      "run the scenario again as the other run was made (its report has the command)",
  );
}

function sideOf(record: RunRecord): z.infer<typeof Side> {
  return {
    runId: record.runId,
    verdict: record.verdict,
    counts: countsOf(indexLineOf(record, "")),
    commit: record.environment.git.sha,
    dirty: record.environment.git.dirty,
    deployment: record.deployment.name,
    configSha256: record.deployment.configSha256,
  };
}

interface Measure {
  readonly name: Figure["name"];
  readonly signal: Signal | null;
  readonly unit: Figure["unit"];
  readonly of: (measures: Measures) => number | null;
}

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const MEASURES: readonly Measure[] = [
  ...SIGNALS.flatMap((signal): Measure[] => [
    {
      name: "lostUnexplained",
      signal,
      unit: "items",
      of: ({ signals }) =>
        signals[signal].expected === 0 ? null : signals[signal].lostUnexplained,
    },
    {
      name: "lostExplained",
      signal,
      unit: "share",
      of: ({ signals }) => shareOf(signals[signal].lostExplained, signals[signal].expected),
    },
    {
      name: "duplicated",
      signal,
      unit: "share",
      of: ({ signals }) => shareOf(signals[signal].duplicated, signals[signal].received),
    },
    { name: "p50", signal, unit: "ms", of: ({ signals }) => signals[signal].deliveryP50Ms },
    { name: "p99", signal, unit: "ms", of: ({ signals }) => signals[signal].deliveryP99Ms },
  ]),
  { name: "recovery", signal: null, unit: "ms", of: ({ recoveryMs }) => recoveryMs },
];

/** What neither run has is left out. */
function figuresOf(base: Measures, candidate: Measures, history: readonly Measures[]): Figure[] {
  return MEASURES.flatMap(({ name, signal, unit, of }) => {
    const [before, after] = [of(base), of(candidate)];
    if (before === null && after === null) return [];
    const band = bandOf(history.flatMap((measures) => of(measures) ?? []));
    const change = changeOf(before, after);
    const regressed = regressedOf(name, change, after, band);
    return [{ name, signal, unit, base: before, candidate: after, band, change, regressed }];
  });
}

function changeOf(before: number | null, after: number | null): Figure["change"] {
  if (before === null || after === null) return "unknown";
  return after === before ? "same" : after < before ? "better" : "worse";
}

function regressedOf(
  name: Figure["name"],
  change: Figure["change"],
  after: number | null,
  band: Band | null,
): boolean | null {
  if (name === "lostUnexplained" && after !== null) {
    return change === "worse" || (change === "unknown" && after > 0);
  }
  if (change === "unknown" || after === null) return null;
  if (change !== "worse") return false;
  return band === null ? null : after > band.high;
}

function resultOf(
  before: Verdict,
  after: Verdict,
  figures: readonly Figure[],
): Comparison["result"] {
  if (after === "fail" && before !== "fail") return "regression";
  if (figures.some(({ regressed }) => regressed === true)) return "regression";
  const unseen = after === "inconclusive" || figures.some(({ regressed }) => regressed === null);
  return unseen ? "undecided" : "no regression";
}
